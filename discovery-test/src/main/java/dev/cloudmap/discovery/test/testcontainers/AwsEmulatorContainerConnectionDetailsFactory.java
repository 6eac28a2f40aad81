package dev.cloudmap.discovery.test.testcontainers;

import java.net.URI;
import java.util.Map;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.GenericContainer;

import dev.cloudmap.discovery.autoconfigure.docker.EmulatorConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;

/**
 * {@link ContainerConnectionDetailsFactory} for containers with the image of an emulator
 * of AWS.
 */
class AwsEmulatorContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<GenericContainer<?>, CloudMapConnectionDetails> {

	AwsEmulatorContainerConnectionDetailsFactory() {
		super(EmulatorConnectionDetails.IMAGES);
	}

	@Override
	protected CloudMapConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<GenericContainer<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<GenericContainer<?>>
			implements EmulatorConnectionDetails {

		Details(ContainerConnectionSource<GenericContainer<?>> source) {
			super(source);
		}

		@Override
		public URI getEndpoint() {
			return URI.create("http://" + getContainer().getHost() + ":" + getContainer().getMappedPort(PORT));
		}

		@Override
		public Map<String, String> environment() {
			return getContainer().getEnvMap();
		}

	}

}
