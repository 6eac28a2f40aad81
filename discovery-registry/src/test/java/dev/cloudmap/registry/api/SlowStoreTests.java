package dev.cloudmap.registry.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cloudmap.registry.HandTurnedTimeline;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RegistryState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store that takes its time: changes wait for it and nothing else does.
 */
@Timeout(30)
class SlowStoreTests {

	private final CountDownLatch disk = new CountDownLatch(1);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private EventLoopGroup group;

	private RegistryState state;

	private ApiServer server;

	@BeforeEach
	void start() throws Exception {
		HandTurnedTimeline timeline = new HandTurnedTimeline();
		this.group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		this.state = new RegistryState(new SlowJournal(this.disk), timeline, () -> Realism.NONE);
		this.server = ApiServer.bind(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this.state,
				Propagation.of(this.state, () -> Realism.NONE, timeline),
				InstanceHealth.begin(this.state, timeline, () -> Realism.NONE), timeline,
				new Access(Credentials.NONE, () -> Realism.NONE, null));
		this.server.serve(1);
	}

	@AfterEach
	void stop() {
		this.disk.countDown();
		this.server.close();
		this.state.close();
		this.group.shutdownGracefully();
	}

	private HttpRequest request(String operation, String body) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.server.address().getPort()))
			.header("X-Amz-Target", "Route53AutoNaming_v20170314." + operation)
			.POST(BodyPublishers.ofString(body))
			.build();
	}

	@Test
	void delaysNoReader() throws Exception {
		List<CompletableFuture<HttpResponse<String>>> changes = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			changes.add(this.client.sendAsync(request("CreateHttpNamespace", "{\"Name\":\"corp-" + i + "\"}"),
					BodyHandlers.ofString()));
		}
		for (int i = 0; i < 20; i++) {
			HttpResponse<String> read = this.client.send(request("ListNamespaces", "{}"), BodyHandlers.ofString());
			assertThat(read.body()).isEqualTo("{\"Namespaces\":[]}");
		}
		assertThat(changes).noneMatch(CompletableFuture::isDone);
		this.disk.countDown();
		for (CompletableFuture<HttpResponse<String>> change : changes) {
			assertThat(change.join().statusCode()).isEqualTo(200);
		}
		HttpResponse<String> after = this.client.send(request("ListNamespaces", "{}"), BodyHandlers.ofString());
		assertThat(after.body().split("\"Name\"", -1)).hasSize(21);
	}

	@Test
	void endsWhileRequestsWait() {
		CompletableFuture<HttpResponse<String>> change = this.client
			.sendAsync(request("CreateHttpNamespace", "{\"Name\":\"corp\"}"), BodyHandlers.ofString());
		this.server.close();
		assertThat(change.handle((response, failure) -> failure).join()).isNotNull();
	}

}
