package dev.cloudmap.discovery.autoconfigure.grpc;

import io.grpc.NameResolverRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.grpc.DiscoveryNameResolverProvider;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryGrpcClientAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, DiscoveryGrpcClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.registry=embedded", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void registersItsProviderWhileTheContextIsOpen() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(DiscoveryNameResolverProvider.class)
				.hasSingleBean(GrpcChannelBuilderCustomizer.class);
			assertThat(resolvesTargets()).isTrue();
			context.close();
			assertThat(resolvesTargets()).isFalse();
		});
	}

	@Test
	void customizersOfTheUserRemain() {
		this.runner.withBean("own", GrpcChannelBuilderCustomizer.class, GrpcChannelBuilderCustomizer::defaults)
			.run((context) -> assertThat(context).getBeans(GrpcChannelBuilderCustomizer.class)
				.containsOnlyKeys("own", "discoveryChannelBuilderCustomizer"));
	}

	@Test
	void backsOffWithoutGrpc() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DiscoveryGrpcClientAutoConfiguration.class));
	}

	@Test
	void resolvesTargetsWithoutSpringGrpc() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.grpc")).run((context) -> {
			assertThat(context).hasNotFailed()
				.hasSingleBean(DiscoveryNameResolverProvider.class)
				.doesNotHaveBean("discoveryChannelBuilderCustomizer");
			assertThat(resolvesTargets()).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.enabled=false", "spring.cloud.discovery.enabled=false" })
	void canBeDisabled(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryNameResolverProvider.class);
			assertThat(resolvesTargets()).isFalse();
		});
	}

	private static boolean resolvesTargets() {
		return NameResolverRegistry.getDefaultRegistry()
			.getProviderForScheme(DiscoveryNameResolverProvider.SCHEME) != null;
	}

}
