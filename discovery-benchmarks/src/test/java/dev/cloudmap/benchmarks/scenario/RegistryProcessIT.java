package dev.cloudmap.benchmarks.scenario;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.RegistryProcess;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RegistryProcessIT {

	private static final Path DIRECTORY = Path.of("target", "scenarios", "registry-process");

	private final URI http = URI.create("http://127.0.0.1:" + Ports.free());

	private final InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", Ports.free());

	@Test
	void pausesResumesAndTerminates() throws Exception {
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(this.http).timeout(Duration.ofMillis(500)).build();
		try (RegistryProcess registry = new RegistryProcess("one", DIRECTORY, this.http, this.dns)) {
			registry.awaitReady();
			registry.pause();
			assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
				.isInstanceOf(HttpTimeoutException.class);
			registry.resume();
			Fleet.await("the registry to answer", () -> !Http.get(this.http).isEmpty());
			registry.terminate();
			assertThat(registry.awaitExit()).isIn(0, 143);
		}
	}

	@Test
	void startFailureContainsTheEndOfTheLog() {
		try (RegistryProcess one = new RegistryProcess("first", DIRECTORY, this.http, this.dns)) {
			one.awaitReady();
			try (RegistryProcess another = new RegistryProcess("second", DIRECTORY, this.http, this.dns)) {
				assertThatIllegalStateException().isThrownBy(another::awaitReady)
					.withMessageContaining("second has ended")
					.withMessageContaining("second.log ends with")
					.withMessageContaining(Integer.toString(this.http.getPort()));
			}
		}
	}

}
