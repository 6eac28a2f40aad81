package dev.cloudmap.discovery.test.testcontainers;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

import dev.cloudmap.discovery.autoconfigure.docker.RegistryConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

/**
 * {@link ContainerConnectionDetailsFactory} for {@link RegistryContainer}.
 */
class RegistryContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<RegistryContainer, CloudMapConnectionDetails> {

	@Override
	protected CloudMapConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<RegistryContainer> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<RegistryContainer>
			implements RegistryConnectionDetails {

		Details(ContainerConnectionSource<RegistryContainer> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return getContainer().httpEndpoint();
		}

		@Override
		public Map<String, String> environment() {
			return getContainer().getEnvMap();
		}

		@Override
		public List<InetSocketAddress> getDnsServers() {
			return List.of(getContainer().dnsAddress());
		}

		@Override
		public DnsTransport getDnsTransport() {
			return DnsTransport.TCP;
		}

	}

}
