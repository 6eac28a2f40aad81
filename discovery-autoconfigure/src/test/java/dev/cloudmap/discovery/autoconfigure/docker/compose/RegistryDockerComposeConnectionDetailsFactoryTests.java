package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.origin.OriginProvider;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.docker.compose.StubService.Mapping;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryDockerComposeConnectionDetailsFactoryTests {

	private static final String LABEL = "org.springframework.boot.service-connection";

	private static final Mapping[] PORTS = { Mapping.tcp(8054, 18054), Mapping.tcp(8053, 18053),
			Mapping.udp(8053, 18053) };

	@ParameterizedTest
	@ValueSource(strings = { "discovery-registry", "discovery-registry:0.1.0", "localhost/discovery-registry:test",
			"registry.example:5000/team/discovery-registry@sha256:"
					+ "0123456789012345678901234567890123456789012345678901234567890123" })
	void recognizesImage(String image) throws Exception {
		CloudMapConnectionDetails details = required(new StubService(image, PORTS));
		assertThat(details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:18054"));
		assertThat(details.getCredentials()).isInstanceOf(AnonymousCredentialsProvider.class);
		assertThat(details.getCreate()).isEqualTo(CreationPolicy.Scope.NAMESPACES);
		assertThat(details.getVpc()).isNotNull();
		assertThat(details).isInstanceOf(OriginProvider.class);
	}

	@Test
	void recognizesLabel() throws Exception {
		assertThat(new StubService("mine:1", PORTS).withLabel(LABEL, "discovery-registry").connectionDetails())
			.isNotNull();
		assertThat(new StubService("discovery-registry", PORTS).withLabel(LABEL, "redis").connectionDetails()).isNull();
	}

	@Test
	void ignoresOtherImages() throws Exception {
		assertThat(new StubService("mine:1", PORTS).connectionDetails()).isNull();
	}

	@Test
	void usesUdpIfDnsPortIsPublishedForUdp() throws Exception {
		CloudMapConnectionDetails details = required(new StubService("discovery-registry", PORTS));
		assertThat(details.hasDns()).isTrue();
		assertThat(details.getDnsServers()).containsExactly(new InetSocketAddress("127.0.0.1", 18053));
		assertThat(details.getDnsTransport()).isEqualTo(DnsTransport.UDP);
	}

	@Test
	void usesTcpIfDnsPortIsPublishedForTcpOnly() throws Exception {
		CloudMapConnectionDetails details = required(
				new StubService("discovery-registry", Mapping.tcp(8054, 18054), Mapping.tcp(8053, 18053)));
		assertThat(details.getDnsServers()).containsExactly(new InetSocketAddress("127.0.0.1", 18053));
		assertThat(details.getDnsTransport()).isEqualTo(DnsTransport.TCP);
	}

	@Test
	void disablesDnsWithoutPublishedPort() throws Exception {
		CloudMapConnectionDetails details = required(new StubService("discovery-registry", Mapping.tcp(8054, 18054)));
		assertThat(details.hasDns()).isFalse();
		assertThat(details.getDnsServers()).isNull();
	}

	@Test
	void usesCredentialsOfContainer() throws Exception {
		CloudMapConnectionDetails details = required(new StubService("discovery-registry", PORTS)
			.withEnv(Map.of("DISCOVERY_REGISTRY_CREDENTIALS", "env:KEYS", "KEYS", "someone:s3cret")));
		assertThat(details.getCredentials()).isNotNull()
			.extracting((credentials) -> credentials.resolveCredentials().accessKeyId())
			.isEqualTo("someone");
	}

	private static CloudMapConnectionDetails required(StubService service) throws NoSuchMethodException {
		@Nullable CloudMapConnectionDetails details = service.connectionDetails();
		assertThat(details).isNotNull();
		return details;
	}

}
