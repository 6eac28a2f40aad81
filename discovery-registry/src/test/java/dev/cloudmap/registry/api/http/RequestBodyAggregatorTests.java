package dev.cloudmap.registry.api.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limit of the memory that all incomplete bodies use together.
 */
class RequestBodyAggregatorTests {

	private static final int LARGE = 2 * MemoryBudget.SMALL;

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RegistryState state = new RegistryState(Journal.NONE, this.scheduler, () -> Emulation.NONE);

	private final ResponseWriter responder = new ResponseWriter(
			LookupView.of(this.state, () -> Emulation.NONE, this.scheduler));

	private final MemoryBudget budget = new MemoryBudget(LARGE);

	@AfterEach
	void stop() {
		this.state.close();
	}

	private EmbeddedChannel begin(int bytes) {
		EmbeddedChannel channel = new EmbeddedChannel(new RequestBodyAggregator(this.responder, this.budget));
		channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"));
		send(channel, bytes);
		return channel;
	}

	private static void send(EmbeddedChannel channel, int bytes) {
		channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[bytes])));
	}

	private static void finish(EmbeddedChannel channel) {
		channel.writeInbound(new DefaultLastHttpContent());
	}

	private static int received(EmbeddedChannel channel) {
		FullHttpRequest request = channel.readInbound();
		int bytes = request.content().readableBytes();
		request.release();
		return bytes;
	}

	@Test
	void rejectsLargeBodyWhenBudgetIsUsed() {
		EmbeddedChannel first = begin(LARGE);
		EmbeddedChannel small = begin(MemoryBudget.SMALL);
		EmbeddedChannel second = begin(MemoryBudget.SMALL);
		send(second, 1);
		assertThat(((HttpResponse) second.readOutbound()).status()).isEqualTo(HttpResponseStatus.SERVICE_UNAVAILABLE);
		finish(second);
		assertThat(second.inboundMessages()).isEmpty();
		finish(small);
		assertThat(received(small)).isEqualTo(MemoryBudget.SMALL);
		finish(first);
		assertThat(received(first)).isEqualTo(LARGE);
		second.close();
		EmbeddedChannel third = begin(LARGE);
		finish(third);
		assertThat(received(third)).isEqualTo(LARGE);
	}

	@Test
	void releasesBudgetOfClosedConnection() {
		EmbeddedChannel gone = begin(LARGE);
		gone.close();
		gone.runPendingTasks();
		assertThat(this.budget.reserve(LARGE, 0)).isTrue();
		assertThat(this.budget.reserve(LARGE, 0)).isFalse();
	}

}
