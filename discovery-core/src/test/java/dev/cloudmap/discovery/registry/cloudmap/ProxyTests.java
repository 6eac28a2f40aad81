package dev.cloudmap.discovery.registry.cloudmap;

import java.net.ProxySelector;
import java.net.URI;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.connection.SdkProxy;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests that the configured proxy is not used for this machine, and that messages about
 * other machines name it.
 */
class ProxyTests extends CloudMapFixture {

	private RecordingProxy proxy;

	@BeforeEach
	void useProxy() {
		this.proxy = keep(new RecordingProxy().useForEverything());
	}

	@Test
	void callsAndWatchesLocalRegistryDirectly() {
		this.registry.register(instance("i-1"));
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
		Watch watch = keep(this.registry.watch(CORP, new RecordingListener()));
		await().until(watch::isLive);
		assertThat(this.proxy.requests()).isEmpty();
	}

	@Test
	void callsLocalhostByNameDirectly() {
		CloudMapRegistry byName = registry(URI.create("http://localhost:" + this.server.httpAddress().getPort()),
				IN_VPC, null);
		assertThat(byName.services(CORP)).isEmpty();
		assertThat(this.proxy.requests()).isEmpty();
	}

	@Test
	void callsLocalHttpsDirectly() {
		CloudMapRegistry overTls = registry(URI.create("https://127.0.0.1:" + this.server.httpAddress().getPort()),
				IN_VPC, null);
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> overTls.services(CORP))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("proxy"));
		assertThat(this.proxy.requests()).isEmpty();
	}

	@Test
	void errorOfTheProxyNamesTheProxy() {
		CloudMapRegistry remote = registry(URI.create("http://registry.corp.example:8054"), IN_VPC, null);
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> remote.services(CORP))
			.withMessageContaining("http://registry.corp.example:8054")
			.withMessageContaining("through the proxy 127.0.0.1:" + this.proxy.port());
		assertThat(this.proxy.requests()).isNotEmpty()
			.allMatch((line) -> line.startsWith("POST http://registry.corp.example:8054/"));
	}

	@Test
	void unreachableProxyIsNamedWithoutCredentials() throws Exception {
		int port = this.proxy.port();
		System.setProperty("http.proxyUser", "me");
		System.setProperty("http.proxyPassword", "secret");
		try {
			CloudMapRegistry remote = registry(URI.create("http://registry.corp.example:8054"), IN_VPC, null);
			this.proxy.stopServing();
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> remote.services(CORP))
				.withMessageContaining("could not be reached for ListNamespaces through the proxy 127.0.0.1:" + port)
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret"));
		}
		finally {
			List.of("http.proxyUser", "http.proxyPassword").forEach(System::clearProperty);
		}
	}

	@Test
	void remoteWatchNamesTheProxy() {
		assertThat(ProxyRoute.ofJvm(URI.create("http://registry.corp.example:8054/watch")))
			.endsWith(":" + this.proxy.port());
		assertThat(ProxyRoute.ofJvm(URI.create("http://127.0.0.1:8054/watch"))).isNull();
	}

	@Test
	void respectsProxyExceptions() {
		System.setProperty("http.nonProxyHosts", "*.corp.example");
		ProxySelector.setDefault(null);
		assertThat(SdkProxy.of(URI.create("http://registry.corp.example:8054"))).isNull();
		assertThat(SdkProxy.of(URI.create("http://registry.other.example:8054")))
			.isEqualTo("127.0.0.1:" + this.proxy.port());
	}

}
