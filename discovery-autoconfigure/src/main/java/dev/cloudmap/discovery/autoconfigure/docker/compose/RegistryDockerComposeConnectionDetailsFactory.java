package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

import dev.cloudmap.discovery.autoconfigure.docker.RegistryConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

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
		return RegistryConnectionDetails
			.isImage(((label != null) ? ImageReference.of(label) : service.image()).getName());
	}

	@Override
	protected CloudMapConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements RegistryConnectionDetails {

		private final RunningService service;

		private final @Nullable Integer dnsPort;

		Details(RunningService service) {
			super(service);
			this.service = service;
			this.dnsPort = dnsPort(service.ports());
		}

		private static @Nullable Integer dnsPort(ConnectionPorts ports) {
			try {
				return ports.get(DNS_PORT);
			}
			catch (IllegalStateException ex) {
				return null;
			}
		}

		@Override
		public URI getEndpoint() {
			return URI.create("http://" + this.service.host() + ":" + this.service.ports().get(HTTP_PORT));
		}

		@Override
		public Map<String, ? extends @Nullable String> environment() {
			return this.service.env();
		}

		@Override
		public boolean hasDns() {
			return this.dnsPort != null;
		}

		@Override
		public @Nullable List<InetSocketAddress> getDnsServers() {
			return (this.dnsPort != null) ? List.of(new InetSocketAddress(this.service.host(), this.dnsPort)) : null;
		}

		@Override
		public DnsTransport getDnsTransport() {
			return this.service.ports().getAll("udp").contains(this.dnsPort) ? DnsTransport.UDP : DnsTransport.TCP;
		}

	}

}
