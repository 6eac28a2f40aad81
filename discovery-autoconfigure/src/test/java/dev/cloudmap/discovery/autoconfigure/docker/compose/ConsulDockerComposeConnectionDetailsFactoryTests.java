package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.docker.compose.StubService.Mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ConsulDockerComposeConnectionDetailsFactoryTests {

	@ParameterizedTest
	@ValueSource(strings = { "hashicorp/consul:1.20", "consul:1.15", "mirror.example/hashicorp/consul" })
	void recognizesImage(String image) throws Exception {
		ConsulConnectionDetails details = details(new StubService(image, Mapping.tcp(8500, 18500)));
		assertThat(details.getAgent()).isEqualTo(URI.create("http://127.0.0.1:18500"));
		assertThat(details.getToken()).isNull();
		assertThat(details.getDnsServers()).isEmpty();
	}

	@Test
	void usesDnsOverTcp() throws Exception {
		assertThat(
				details(new StubService("consul", Mapping.tcp(8500, 18500), Mapping.tcp(8600, 18600))).getDnsServers())
			.containsExactly(new InetSocketAddress("127.0.0.1", 18600));
		assertThat(
				details(new StubService("consul", Mapping.tcp(8500, 18500), Mapping.udp(8600, 18600))).getDnsServers())
			.isEmpty();
	}

	@Test
	void usesTokenOfContainer() throws Exception {
		StubService service = new StubService("consul", Mapping.tcp(8500, 18500));
		assertThat(details(service.withEnv(Map.of("CONSUL_HTTP_TOKEN", "s3cret"))).getToken()).isEqualTo("s3cret");
	}

	@Test
	void requiresPublishedPort() throws Exception {
		ConsulConnectionDetails details = details(new StubService("consul"));
		assertThatIllegalStateException().isThrownBy(details::getAgent).withMessageContaining("8500 is not published");
	}

	@Test
	void ignoresOtherImages() throws Exception {
		assertThat(new StubService("redis").connectionDetails(ConsulConnectionDetails.class)).isNull();
	}

	private static ConsulConnectionDetails details(StubService service) throws NoSuchMethodException {
		ConsulConnectionDetails details = service.connectionDetails(ConsulConnectionDetails.class);
		assertThat(details).isNotNull();
		return details;
	}

}
