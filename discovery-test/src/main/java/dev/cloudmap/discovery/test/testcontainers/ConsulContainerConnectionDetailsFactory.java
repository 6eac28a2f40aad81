package dev.cloudmap.discovery.test.testcontainers;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.GenericContainer;

import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.docker.ConsulContainerDetails;

/**
 * {@link ContainerConnectionDetailsFactory} for containers with an image of Consul,
 * including Testcontainers' {@code ConsulContainer}.
 */
class ConsulContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<GenericContainer<?>, ConsulConnectionDetails> {

	ConsulContainerConnectionDetailsFactory() {
		super(ConsulContainerDetails.IMAGES);
	}

	@Override
	protected ConsulConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<GenericContainer<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<GenericContainer<?>>
			implements ConsulContainerDetails {

		Details(ContainerConnectionSource<GenericContainer<?>> source) {
			super(source);
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

		@Override
		public Map<String, String> environment() {
			return getContainer().getEnvMap();
		}

		@Override
		public String host() {
			return getContainer().getHost();
		}

		@Override
		public @Nullable Integer published(int port) {
			return getContainer().getExposedPorts().contains(port) ? getContainer().getMappedPort(port) : null;
		}

	}

}
