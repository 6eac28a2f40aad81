package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a stream keeps for a connection that takes nothing.
 */
class WatchStreamTests {

	private final ChangeHistory history = new ChangeHistory(100, 10);

	private final WatchStream stream;

	private final EmbeddedChannel channel = new EmbeddedChannel();

	WatchStreamTests() {
		this.stream = new WatchStream(this.channel, this.history, 100);
		this.channel.pipeline().addLast(this.stream);
		this.stream.open(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK), null);
		Object head = this.channel.readOutbound();
		assertThat(head).isInstanceOf(HttpResponse.class);
		assertThat(sent()).containsExactly(": open\nid: 100\n\n");
	}

	private List<String> sent() {
		List<String> sent = new ArrayList<>();
		for (HttpContent content = this.channel.readOutbound(); content != null; content = this.channel
			.readOutbound()) {
			sent.add(content.content().toString(StandardCharsets.UTF_8));
			content.release();
		}
		return sent;
	}

	private void takeNothing() {
		this.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
	}

	private void takeAgain() {
		this.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
		this.channel.runPendingTasks();
	}

	@Test
	void keepsNothingForAWatcherThatTakesNothing() {
		takeNothing();
		for (int i = 1; i <= 100_000; i++) {
			this.history.record(Map.of("service-" + i % 3, 100L + i));
			this.stream.tell();
			this.stream.comment();
		}
		assertThat(sent()).isEmpty();
		takeAgain();
		assertThat(String.join("", sent())).isEqualTo("""
				id: 100098
				data: {"service":"service-2"}

				id: 100099
				data: {"service":"service-0"}

				id: 100100
				data: {"service":"service-1"}

				""");
	}

	@Test
	void resetsAWatcherThatMissedMoreThanIsRemembered() {
		takeNothing();
		for (int i = 1; i <= 50; i++) {
			this.history.record(Map.of("service-" + i, 100L + i));
		}
		takeAgain();
		assertThat(sent()).containsExactly("event: reset\nid: 150\ndata: {}\n\n");
		this.history.record(Map.of("service-1", 151L));
		this.stream.tell();
		assertThat(sent()).containsExactly("id: 151\ndata: {\"service\":\"service-1\"}\n\n");
	}

	@Test
	void tellsAllThatIsRememberedInPortions() {
		ChangeHistory large = new ChangeHistory(0, 1000);
		WatchStream behind = new WatchStream(this.channel, large, 0);
		for (int i = 1; i <= 1000; i++) {
			large.record(Map.of("service-" + i, (long) i));
		}
		behind.tell();
		List<String> sent = sent();
		assertThat(sent).hasSize(16);
		assertThat(String.join("", sent).split("\n\n")).hasSize(1000);
	}

	@Test
	void endsAfterAResetWhenTheNamespaceIsGone() {
		this.history.record(Map.of("worker", 101L));
		this.history.end(102);
		this.stream.tell();
		assertThat(((HttpContent) this.channel.readOutbound()).content().toString(StandardCharsets.UTF_8))
			.isEqualTo("event: reset\nid: 102\ndata: {}\n\n");
		Object last = this.channel.readOutbound();
		assertThat(last).isInstanceOf(LastHttpContent.class);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void escapesWhatWouldEndAnEvent() {
		this.history.record(Map.of("a\n\"b\\\r", 101L));
		this.stream.tell();
		assertThat(sent()).containsExactly("id: 101\ndata: {\"service\":\"a\\n\\\"b\\\\\\r\"}\n\n");
	}

}
