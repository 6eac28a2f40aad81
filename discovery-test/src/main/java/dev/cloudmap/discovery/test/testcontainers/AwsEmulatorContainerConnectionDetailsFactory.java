package dev.cloudmap.discovery.test.testcontainers;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.GenericContainer;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.docker.AwsEmulator;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * {@link ContainerConnectionDetailsFactory} for containers with the image of an emulator
 * of AWS.
 */
class AwsEmulatorContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<GenericContainer<?>, CloudMapConnectionDetails> {

	AwsEmulatorContainerConnectionDetailsFactory() {
		super(AwsEmulator.IMAGES);
	}

	@Override
	protected CloudMapConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<GenericContainer<?>> source) {
		return new EmulatorConnectionDetails(source);
	}

	private static final class EmulatorConnectionDetails extends ContainerConnectionDetails<GenericContainer<?>>
			implements CloudMapConnectionDetails {

		EmulatorConnectionDetails(ContainerConnectionSource<GenericContainer<?>> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return URI
				.create("http://" + getContainer().getHost() + ":" + getContainer().getMappedPort(AwsEmulator.PORT));
		}

		@Override
		public @Nullable String getRegion() {
			return AwsEmulator.region(getContainer().getEnvMap());
		}

		@Override
		public AwsCredentialsProvider getCredentials() {
			return AwsEmulator.credentials(getContainer().getEnvMap());
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
