package dev.cloudmap.discovery.clients;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.ShadedNettyGrpcServerFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerTerminatedEvent;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests the registration of the ports of gRPC servers.
 */
class GrpcRegistrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private ConfigurableApplicationContext caller;

	@BeforeEach
	void start() {
		this.caller = application(0, "caller", Caller.class);
		await().atMost(LIMIT).until(() -> registry().info().role() != null);
	}

	@AfterEach
	void stop() {
		this.caller.close();
	}

	@Test
	void registersAServerBean() {
		try (ConfigurableApplicationContext application = application(registryPort(), "names", PlainServer.class)) {
			int port = application.getBean(Server.class).getPort();
			Instance instance = awaitInstance();
			assertThat(instance.port()).isEqualTo(port);
			assertThat(instance.attributes()).containsEntry("port.grpc", Integer.toString(port));
			assertThat(call()).isEqualTo("plain");
		}
	}

	@Test
	void springGrpcServerStopsAfterTheDeregistration() {
		AtomicReference<List<Instance>> registered = new AtomicReference<>();
		ConfigurableApplicationContext application = application(registryPort(), "names", SpringServer.class);
		try (application) {
			int port = application.getBean(GrpcServerLifecycle.class).getPort();
			assertThat(awaitInstance().attributes()).containsEntry("port.grpc", Integer.toString(port));
			assertThat(call()).isEqualTo("spring");
			application.addApplicationListener((event) -> {
				if (event instanceof GrpcServerTerminatedEvent) {
					registered.set(instances());
				}
			});
		}
		assertThat(registered.get()).isEmpty();
	}

	@Test
	void aConfiguredPortTakesPrecedence() {
		try (ConfigurableApplicationContext application = application(registryPort(), "names", PlainServer.class,
				"--discovery.registration.ports.grpc=9090", "--discovery.registration.port=8080")) {
			Instance instance = awaitInstance();
			assertThat(instance.port()).isEqualTo(8080);
			assertThat(instance.attributes()).containsEntry("port.grpc", "9090");
			assertThat(application.isActive()).isTrue();
		}
	}

	private String call() {
		ManagedChannel channel = Grpc.newChannelBuilder("discovery:///names", InsecureChannelCredentials.create())
			.build();
		try {
			return GrpcServers.call(channel);
		}
		finally {
			channel.shutdownNow();
		}
	}

	private Instance awaitInstance() {
		await().atMost(LIMIT).until(() -> !instances().isEmpty());
		return instances().get(0);
	}

	private List<Instance> instances() {
		return registry().discover(Workers.service("names"), LookupFilter.ALL).instances();
	}

	private Registry registry() {
		return this.caller.getBean(Registry.class);
	}

	private int registryPort() {
		return URI.create(registry().info().location()).getPort();
	}

	private static ConfigurableApplicationContext application(int registry, String name, Class<?> beans,
			String... properties) {
		return new SpringApplicationBuilder(beans).web(WebApplicationType.NONE)
			.properties("discovery.namespace=corp", "discovery.embedded.http-port=" + registry,
					"discovery.embedded.dns-port=0", "spring.application.name=" + name, "spring.main.banner-mode=off",
					"spring.cloud.gateway.server.webflux.enabled=false")
			.run(properties);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Caller {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PlainServer {

		@Bean(destroyMethod = "shutdownNow")
		Server server() {
			return GrpcServers.start("plain");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SpringServer {

		@Bean
		GrpcServerFactory serverFactory() {
			ShadedNettyGrpcServerFactory factory = new ShadedNettyGrpcServerFactory("127.0.0.1:0", List.of(), null,
					null, null);
			factory.addService(GrpcServers.service(() -> "spring"));
			return factory;
		}

		@Bean
		GrpcServerLifecycle serverLifecycle(GrpcServerFactory factory, ApplicationEventPublisher publisher) {
			return new GrpcServerLifecycle(factory, Duration.ofSeconds(1), publisher);
		}

	}

}
