package dev.cloudmap.discovery.test.testcontainers;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.docker.RegistryImage;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * {@link ContainerConnectionDetailsFactory} for {@link RegistryContainer}.
 */
class RegistryContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<RegistryContainer, CloudMapConnectionDetails> {

	@Override
	protected CloudMapConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<RegistryContainer> source) {
		return new RegistryConnectionDetails(source);
	}

	private static final class RegistryConnectionDetails extends ContainerConnectionDetails<RegistryContainer>
			implements CloudMapConnectionDetails {

		RegistryConnectionDetails(ContainerConnectionSource<RegistryContainer> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return getContainer().httpEndpoint();
		}

		@Override
		public AwsCredentialsProvider getCredentials() {
			return RegistryImage.credentials(getContainer().getEnvMap());
		}

		@Override
		public List<InetSocketAddress> getDnsServers() {
			return List.of(getContainer().dnsAddress());
		}

		@Override
		public DnsTransport getDnsTransport() {
			return DnsTransport.TCP;
		}

		@Override
		public CreationPolicy.Scope getCreate() {
			return CreationPolicy.Scope.NAMESPACES;
		}

		@Override
		public String getVpc() {
			return RegistryImage.VPC;
		}

	}

}
