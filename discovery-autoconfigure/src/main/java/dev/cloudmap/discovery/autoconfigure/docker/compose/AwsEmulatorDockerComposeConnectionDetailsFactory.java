package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

import dev.cloudmap.discovery.autoconfigure.docker.EmulatorConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;

/**
 * {@link DockerComposeConnectionDetailsFactory} for an emulator of AWS.
 */
class AwsEmulatorDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<CloudMapConnectionDetails> {

	AwsEmulatorDockerComposeConnectionDetailsFactory() {
		super(EmulatorConnectionDetails.IMAGES.toArray(String[]::new));
	}

	@Override
	protected CloudMapConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements EmulatorConnectionDetails {

		private final RunningService service;

		Details(RunningService service) {
			super(service);
			this.service = service;
		}

		@Override
		public URI getEndpoint() {
			return URI.create("http://" + this.service.host() + ":" + this.service.ports().get(PORT));
		}

		@Override
		public Map<String, ? extends @Nullable String> environment() {
			return this.service.env();
		}

	}

}
