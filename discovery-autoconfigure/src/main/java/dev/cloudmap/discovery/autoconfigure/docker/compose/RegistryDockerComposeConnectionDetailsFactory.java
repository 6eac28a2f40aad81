package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.docker.RegistryImage;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * {@link DockerComposeConnectionDetailsFactory} for the registry. DNS uses the published
 * UDP port, otherwise the published TCP port.
 */
class RegistryDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<CloudMapConnectionDetails> {

	private static final String NAME_LABEL = "org.springframework.boot.service-connection";

	RegistryDockerComposeConnectionDetailsFactory() {
		super(RegistryDockerComposeConnectionDetailsFactory::isRegistry);
	}

	private static boolean isRegistry(DockerComposeConnectionSource source) {
		RunningService service = source.getRunningService();
		String label = service.labels().get(NAME_LABEL);
		return RegistryImage.matches(((label != null) ? ImageReference.of(label) : service.image()).getName());
	}

	@Override
	protected CloudMapConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new RegistryConnectionDetails(source.getRunningService());
	}

	private static final class RegistryConnectionDetails extends DockerComposeConnectionDetails
			implements CloudMapConnectionDetails {

		private final URI endpoint;

		private final AwsCredentialsProvider credentials;

		private final @Nullable InetSocketAddress dns;

		private final DnsTransport transport;

		RegistryConnectionDetails(RunningService service) {
			super(service);
			ConnectionPorts ports = service.ports();
			this.endpoint = URI.create("http://" + service.host() + ":" + ports.get(RegistryImage.HTTP_PORT));
			this.credentials = RegistryImage.credentials(service.env());
			Integer port = dnsPort(ports);
			this.dns = (port != null) ? new InetSocketAddress(service.host(), port) : null;
			this.transport = ports.getAll("udp").contains(port) ? DnsTransport.UDP : DnsTransport.TCP;
		}

		private static @Nullable Integer dnsPort(ConnectionPorts ports) {
			try {
				return ports.get(RegistryImage.DNS_PORT);
			}
			catch (IllegalStateException ex) {
				return null;
			}
		}

		@Override
		public URI getEndpoint() {
			return this.endpoint;
		}

		@Override
		public AwsCredentialsProvider getCredentials() {
			return this.credentials;
		}

		@Override
		public boolean hasDns() {
			return this.dns != null;
		}

		@Override
		public @Nullable List<InetSocketAddress> getDnsServers() {
			return (this.dns != null) ? List.of(this.dns) : null;
		}

		@Override
		public DnsTransport getDnsTransport() {
			return this.transport;
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
