package dev.cloudmap.discovery.autoconfigure.grpc;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.lifecycle.GrpcServerPort;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryGrpcServerAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, RegistrationAutoConfiguration.class,
				UtilAutoConfiguration.class, DiscoveryGrpcServerAutoConfiguration.class))
		.withPropertyValues("spring.application.name=worker", "discovery.namespace=corp", "discovery.registry=embedded",
				"discovery.embedded.http-port=0", "discovery.embedded.dns-port=0");

	@Test
	void applicationWithoutServerHasNoPort() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(DiscoveryGrpcServerAutoConfiguration.class)
			.doesNotHaveBean(GrpcServerPort.class));
	}

	@Test
	void serverBeanHasAPort() {
		this.runner.withBean(Server.class, () -> new StubServer(9090)).run((context) -> {
			assertThat(context).hasSingleBean(GrpcServerPort.class);
			assertThat(attributes(context)).containsEntry("port.grpc", "9090");
		});
	}

	@Test
	void serverThatDoesNotListenHasNoPort() {
		this.runner.withBean(Server.class, () -> new StubServer(-1))
			.run((context) -> assertThat(attributes(context)).isEmpty());
	}

	@Test
	void serverOfSpringGrpcHasAPort() {
		this.runner.withUserConfiguration(SpringGrpc.class).run((context) -> {
			assertThat(context).hasSingleBean(GrpcServerPort.class).hasBean("grpcServerShutdownListener");
			assertThat(attributes(context)).containsEntry("port.grpc", "9091");
		});
	}

	@Test
	void attributeOfTheUserRemains() {
		this.runner.withBean(Server.class, () -> new StubServer(9090)).run((context) -> {
			Map<String, String> attributes = new HashMap<>(Map.of("port.grpc", "443"));
			context.getBean(GrpcServerPort.class).customize(attributes);
			assertThat(attributes).containsEntry("port.grpc", "443");
		});
	}

	@Test
	void backsOffWithoutGrpc() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DiscoveryGrpcServerAutoConfiguration.class));
	}

	@Test
	void serverBeanDoesNotNeedSpringGrpc() {
		this.runner.withBean(Server.class, () -> new StubServer(9090))
			.withClassLoader(new FilteredClassLoader("org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(GrpcServerPort.class));
	}

	@Test
	void unregisteredApplicationHasNoPort() {
		this.runner.withBean(Server.class, () -> new StubServer(9090))
			.withPropertyValues("discovery.registration.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcServerPort.class));
	}

	private static Map<String, String> attributes(ApplicationContext context) {
		Map<String, String> attributes = new HashMap<>();
		context.getBean(GrpcServerPort.class).customize(attributes);
		return attributes;
	}

	@Configuration(proxyBeanMethods = false)
	static class SpringGrpc {

		@Bean
		GrpcServerLifecycle lifecycle(ApplicationEventPublisher publisher) {
			return new GrpcServerLifecycle(new GrpcServerFactory() {

				@Override
				public Server createServer() {
					return new StubServer(9091);
				}

				@Override
				public void addService(ServerServiceDefinition service) {
				}

			}, Duration.ZERO, publisher);
		}

	}

	/**
	 * A server without sockets.
	 */
	private static final class StubServer extends Server {

		private final int port;

		private StubServer(int port) {
			this.port = port;
		}

		@Override
		public Server start() {
			return this;
		}

		@Override
		public int getPort() {
			return this.port;
		}

		@Override
		public List<SocketAddress> getListenSockets() {
			return List.of();
		}

		@Override
		public Server shutdown() {
			return this;
		}

		@Override
		public Server shutdownNow() {
			return this;
		}

		@Override
		public boolean isShutdown() {
			return true;
		}

		@Override
		public boolean isTerminated() {
			return true;
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) {
			return true;
		}

		@Override
		public void awaitTermination() {
		}

	}

}
