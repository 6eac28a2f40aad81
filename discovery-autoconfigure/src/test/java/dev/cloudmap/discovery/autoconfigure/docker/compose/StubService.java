package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;

/**
 * A stub of a running service.
 *
 * @param image the image of the service
 * @param mappings the published ports
 * @param env the environment of the container
 * @param labels the labels of the service
 */
record StubService(ImageReference image, List<Mapping> mappings, Map<String, @Nullable String> env,
		Map<String, String> labels) implements RunningService {

	StubService(String image, Mapping... mappings) {
		this(ImageReference.of(image), List.of(mappings), Map.of(), Map.of());
	}

	StubService withEnv(Map<String, @Nullable String> env) {
		return new StubService(this.image, this.mappings, env, this.labels);
	}

	StubService withLabel(String name, String value) {
		return new StubService(this.image, this.mappings, this.env, Map.of(name, value));
	}

	/**
	 * Returns the connection details that Spring Boot creates for the service, or null if
	 * there are none.
	 */
	@Nullable CloudMapConnectionDetails connectionDetails() throws NoSuchMethodException {
		return connectionDetails(CloudMapConnectionDetails.class);
	}

	/**
	 * Returns the connection details of a type that Spring Boot creates for the service,
	 * or null if there are none.
	 */
	<D> @Nullable D connectionDetails(Class<D> type) throws NoSuchMethodException {
		Constructor<DockerComposeConnectionSource> constructor = DockerComposeConnectionSource.class
			.getDeclaredConstructor(RunningService.class, Environment.class);
		DockerComposeConnectionSource source = BeanUtils.instantiateClass(constructor, this, new MockEnvironment());
		return type.cast(new ConnectionDetailsFactories(null).getConnectionDetails(source, false).get(type));
	}

	@Override
	public String name() {
		return "registry";
	}

	@Override
	public String host() {
		return "127.0.0.1";
	}

	@Override
	public ConnectionPorts ports() {
		return new ConnectionPorts() {

			@Override
			public int get(int containerPort) {
				return select((mapping) -> mapping.containerPort() == containerPort).findFirst()
					.orElseThrow(() -> new IllegalStateException("No host port mapping found"));
			}

			@Override
			public List<Integer> getAll() {
				return getAll(null);
			}

			@Override
			public List<Integer> getAll(@Nullable String protocol) {
				return select((mapping) -> protocol == null || protocol.equals(mapping.protocol())).toList();
			}

		};
	}

	private Stream<Integer> select(Predicate<Mapping> predicate) {
		return this.mappings.stream().filter(predicate).map(Mapping::hostPort);
	}

	/**
	 * A published port.
	 */
	record Mapping(int containerPort, String protocol, int hostPort) {

		static Mapping tcp(int containerPort, int hostPort) {
			return new Mapping(containerPort, "tcp", hostPort);
		}

		static Mapping udp(int containerPort, int hostPort) {
			return new Mapping(containerPort, "udp", hostPort);
		}

	}

}
