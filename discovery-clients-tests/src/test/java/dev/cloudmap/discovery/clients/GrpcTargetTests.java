package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.ShadedNettyGrpcChannelFactory;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.grpc.DiscoveryGrpcClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests gRPC targets with real servers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcTargetTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final List<Server> servers = new ArrayList<>();

	private final List<ManagedChannel> channels = new ArrayList<>();

	private ConfigurableApplicationContext application;

	@BeforeAll
	void start() {
		this.application = application();
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@AfterEach
	void closeChannelsAndServers() {
		this.channels.forEach(ManagedChannel::shutdownNow);
		this.servers.forEach(Server::shutdownNow);
	}

	@Test
	void resolvesAServiceWithAndWithoutItsNamespace() {
		register(this.application, "both", Map.of(), server("a"));
		assertThat(GrpcServers.call(channel("discovery:///both"))).isEqualTo("a");
		assertThat(GrpcServers.call(channel("discovery:///both.corp"))).isEqualTo("a");
	}

	@Test
	void instancesComeAndGoUnderCalls() {
		Server first = server("a");
		register(this.application, "changing", Map.of(), first);
		ManagedChannel channel = channel("discovery:///changing");
		Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
		AtomicBoolean ended = new AtomicBoolean();
		CompletableFuture<Void> calls = CompletableFuture.runAsync(() -> {
			while (!ended.get()) {
				try {
					GrpcServers.call(channel);
				}
				catch (StatusRuntimeException ex) {
					failures.add(ex);
				}
			}
		});
		register(this.application, "changing", Map.of(), server("b"));
		awaitNames(channel, "a", "b");
		deregister(this.application, "changing", first);
		awaitNames(channel, "b");
		first.shutdownNow();
		awaitNames(channel, "b");
		ended.set(true);
		calls.join();
		assertThat(failures).isEmpty();
	}

	@Test
	void usesThePortOfTheAttribute() {
		Server other = server("http");
		Server first = server("a");
		Server second = server("b");
		register(this.application, "ports", Map.of("port.grpc", Integer.toString(first.getPort())), other);
		ManagedChannel channel = channel("discovery:///ports");
		assertThat(GrpcServers.call(channel)).isEqualTo("a");
		register(this.application, "ports", Map.of("gRPC_port", Integer.toString(second.getPort())), other);
		awaitNames(channel, "b");
		register(this.application, "ports", Map.of("port.grpc", "wrong"), other);
		awaitNames(channel, "http");
	}

	@Test
	void withoutInstancesCallsAreUnavailable() {
		ManagedChannel channel = channel("discovery:///emptied");
		assertThat(failure(channel).getStatus()).satisfies(this::hasNoInstances);
		Server server = server("a");
		register(this.application, "emptied", Map.of(), server);
		awaitNames(channel, "a");
		deregister(this.application, "emptied", server);
		// although the server still serves
		await().atMost(LIMIT).untilAsserted(() -> {
			StatusRuntimeException failure = failure(channel);
			assertThat(failure).isNotNull();
			assertThat(failure.getStatus()).satisfies(this::hasNoInstances);
		});
		register(this.application, "emptied", Map.of(), server);
		awaitNames(channel, "a");
	}

	private void hasNoInstances(Status status) {
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).contains("Service emptied.corp has no instances");
	}

	@Test
	void outliersAreEjected() {
		Server failing = GrpcServers.startFailing();
		this.servers.add(failing);
		register(this.application, "sick", Map.of(), failing, server("a"));
		ManagedChannel channel = channel("discovery:///sick");
		await().atMost(LIMIT).untilAsserted(() -> {
			List<String> answers = new ArrayList<>();
			for (int call = 0; call < 40; call++) {
				answers.add(answer(channel));
			}
			assertThat(answers).containsOnly("a");
		});
	}

	@Test
	void contextsHaveTheirOwnResolvers() {
		register(this.application, "several", Map.of(), server("first"));
		try (ConfigurableApplicationContext second = application()) {
			register(second, "several", Map.of(), server("second"));
			assertThat(GrpcServers.call(channel("discovery:///several"))).isEqualTo("second");
			assertThat(GrpcServers.call(springChannel(this.application))).isEqualTo("first");
			assertThat(GrpcServers.call(springChannel(second))).isEqualTo("second");
		}
		assertThat(GrpcServers.call(channel("discovery:///several"))).isEqualTo("first");
	}

	@Test
	void channelsAreBuiltByBeans() {
		try (ConfigurableApplicationContext second = application(ChannelOfBean.class)) {
			register(second, "of-bean", Map.of(), server("a"));
			assertThat(GrpcServers.call(second.getBean(ManagedChannel.class))).isEqualTo("a");
		}
	}

	@Test
	void closedChannelsDoNotFollowTheirService() {
		InstanceCatalog catalog = this.application.getBean(InstanceCatalog.class);
		register(this.application, "closed", Map.of(), server("a"));
		ManagedChannel channel = channel("discovery:///closed");
		GrpcServers.call(channel);
		catalog.forget();
		assertThat(catalog.watched()).anyMatch((service) -> service.name().equals(Workers.service("closed")));
		channel.shutdownNow();
		await().atMost(LIMIT).untilAsserted(() -> {
			catalog.forget();
			assertThat(catalog.watched()).noneMatch((service) -> service.name().equals(Workers.service("closed")));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery://worker", "discovery:worker", "discovery:///", "discovery:///worker:9090",
			"discovery:///worker/path" })
	void otherTargetsAreRefused(String target) {
		assertThatIllegalArgumentException().isThrownBy(() -> channel(target))
			.withMessageContaining("discovery:///worker");
	}

	private Server server(String name) {
		Server server = GrpcServers.start(name);
		this.servers.add(server);
		return server;
	}

	private ManagedChannel channel(String target) {
		ManagedChannel channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
		this.channels.add(channel);
		return channel;
	}

	private ManagedChannel springChannel(ConfigurableApplicationContext context) {
		ResolvableType type = ResolvableType.forClass(GrpcChannelBuilderCustomizer.class);
		List<GrpcChannelBuilderCustomizer<NettyChannelBuilder>> customizers = context
			.<GrpcChannelBuilderCustomizer<NettyChannelBuilder>>getBeanProvider(type)
			.orderedStream()
			.toList();
		ManagedChannel channel = new ShadedNettyGrpcChannelFactory(customizers,
				new ClientInterceptorsConfigurer(context))
			.createChannel("discovery:///several", ChannelBuilderOptions.defaults());
		this.channels.add(channel);
		return channel;
	}

	private static void awaitNames(ManagedChannel channel, String... names) {
		await().atMost(LIMIT).untilAsserted(() -> {
			Set<String> called = new HashSet<>();
			for (int call = 0; call < 2 * names.length + 2; call++) {
				called.add(answer(channel));
			}
			assertThat(called).containsExactlyInAnyOrder(names);
		});
	}

	private static String answer(ManagedChannel channel) {
		try {
			return GrpcServers.call(channel);
		}
		catch (StatusRuntimeException ex) {
			return ex.getStatus().toString();
		}
	}

	private static StatusRuntimeException failure(ManagedChannel channel) {
		return catchThrowableOfType(StatusRuntimeException.class, () -> GrpcServers.call(channel));
	}

	private static void register(ConfigurableApplicationContext context, String service, Map<String, String> attributes,
			Server... servers) {
		for (Server server : servers) {
			Workers.register(context, service, attributes, server.getPort());
		}
	}

	private static void deregister(ConfigurableApplicationContext context, String service, Server server) {
		context.getBean(Registry.class).deregister(Workers.service(service), Workers.id(server.getPort()));
	}

	private static ConfigurableApplicationContext application(Class<?>... beans) {
		return new SpringApplicationBuilder(Application.class).sources(beans)
			.web(WebApplicationType.NONE)
			.run("--discovery.namespace=corp", "--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0",
					"--discovery.lookup.refresh=500ms", "--discovery.load-balancer.outlier.window=200ms",
					"--discovery.load-balancer.outlier.minimum-requests=5",
					"--discovery.load-balancer.outlier.base-ejection=30s", "--spring.main.banner-mode=off");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
			DiscoveryGrpcClientAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class ChannelOfBean {

		@Bean(destroyMethod = "shutdownNow")
		ManagedChannel channel() {
			return Grpc.newChannelBuilder("discovery:///of-bean", InsecureChannelCredentials.create()).build();
		}

	}

}
