package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.docker.AwsEmulator;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * {@link DockerComposeConnectionDetailsFactory} for an emulator of AWS.
 */
class AwsEmulatorDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<CloudMapConnectionDetails> {

	AwsEmulatorDockerComposeConnectionDetailsFactory() {
		super(AwsEmulator.IMAGES.toArray(String[]::new));
	}

	@Override
	protected CloudMapConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new EmulatorConnectionDetails(source.getRunningService());
	}

	private static final class EmulatorConnectionDetails extends DockerComposeConnectionDetails
			implements CloudMapConnectionDetails {

		private final URI endpoint;

		private final @Nullable String region;

		private final AwsCredentialsProvider credentials;

		EmulatorConnectionDetails(RunningService service) {
			super(service);
			this.endpoint = URI.create("http://" + service.host() + ":" + service.ports().get(AwsEmulator.PORT));
			this.region = AwsEmulator.region(service.env());
			this.credentials = AwsEmulator.credentials(service.env());
		}

		@Override
		public URI getEndpoint() {
			return this.endpoint;
		}

		@Override
		public @Nullable String getRegion() {
			return this.region;
		}

		@Override
		public AwsCredentialsProvider getCredentials() {
			return this.credentials;
		}

		@Override
		public boolean hasDns() {
			return false;
		}

		@Override
		public CreationPolicy.Scope getCreate() {
			return CreationPolicy.Scope.NAMESPACES;
		}

	}

}
