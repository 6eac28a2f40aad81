package dev.cloudmap.discovery.loadbalancer.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

class TcpProberTests {

	private final ManualTimer timer = new ManualTimer();

	private final TcpProber prober = new TcpProber(this.timer, Runnable::run);

	@Test
	void listeningPortIsReachable() throws Exception {
		try (DiscoveryThreads threads = new DiscoveryThreads();
				ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			TcpProber prober = new TcpProber(threads.timer(), threads.answers());
			assertThat(prober.probe("127.0.0.1", server.getLocalPort()).toCompletableFuture().get(30, TimeUnit.SECONDS))
				.isTrue();
			assertThat(server.accept().getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void refusingPortIsNotReachable() throws Exception {
		try (DiscoveryThreads threads = new DiscoveryThreads()) {
			TcpProber prober = new TcpProber(threads.timer(), threads.answers());
			assertThat(prober.probe("127.0.0.1", Ports.refusing()).toCompletableFuture().get(30, TimeUnit.SECONDS))
				.isFalse();
		}
	}

	@Test
	void endsAtTheTimeoutIfNothingAnswers() throws IOException {
		try (ScriptedServer full = ScriptedServer.unresponsive()) {
			CompletableFuture<Boolean> probe = this.prober.probe("127.0.0.1", full.port()).toCompletableFuture();
			this.timer.advance(TcpProber.CONNECT_TIMEOUT.minusMillis(1));
			assertThat(probe).isNotDone();
			this.timer.advance(Duration.ofMillis(1));
			assertThat(probe).isCompletedWithValue(false);
			assertThat(this.timer.waiting()).isZero();
		}
	}

	@Test
	void limitsTheNumberOfProbes() throws IOException {
		try (ScriptedServer full = ScriptedServer.unresponsive()) {
			for (int i = 0; i < 3 * TcpProber.MAX_CONCURRENT; i++) {
				this.prober.probe("127.0.0.1", full.port());
			}
			assertThat(this.timer.waiting()).isEqualTo(TcpProber.MAX_CONCURRENT);
			this.timer.advance(TcpProber.CONNECT_TIMEOUT.multipliedBy(3));
			assertThat(this.timer.waiting()).isZero();
		}
	}

	@Test
	void unknownHostIsNotReachable() {
		assertThat(this.prober.probe("no such host", 80).toCompletableFuture()).isCompletedWithValue(false);
	}

	@Test
	void nothingIsReachableWhileTheApplicationStops() {
		TcpProber stopped = new TcpProber(this.timer, (task) -> {
			throw new RejectedExecutionException("stopped");
		});
		assertThat(stopped.probe("127.0.0.1", 1).toCompletableFuture()).isCompletedWithValue(false);
	}

}
