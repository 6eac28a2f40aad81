package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.docker.ConsulContainerDetails;

/**
 * {@link DockerComposeConnectionDetailsFactory} for Consul. DNS is used if its port is
 * published over TCP.
 */
class ConsulDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<ConsulConnectionDetails> {

	ConsulDockerComposeConnectionDetailsFactory() {
		super(ConsulContainerDetails.IMAGES.toArray(String[]::new));
	}

	@Override
	protected ConsulConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements ConsulContainerDetails {

		private final RunningService service;

		Details(RunningService service) {
			super(service);
			this.service = service;
		}

		@Override
		public Map<String, ? extends @Nullable String> environment() {
			return this.service.env();
		}

		@Override
		public String host() {
			return this.service.host();
		}

		@Override
		public @Nullable Integer published(int port) {
			try {
				Integer found = this.service.ports().get(port);
				return this.service.ports().getAll("tcp").contains(found) ? found : null;
			}
			catch (IllegalStateException ex) {
				return null;
			}
		}

	}

}
