package dev.cloudmap.discovery.autoconfigure.grpc;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelServiceConfigTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void otherPropertiesAreNoServiceConfig() {
		this.environment.setProperty("spring.grpc.client.channel.worker.target", "discovery:///worker");
		this.environment.setProperty("spring.grpc.client.channel.worker.health.enabled", "false");
		assertThat(ChannelServiceConfig.isConfigured(this.environment, "worker")).isFalse();
		assertThat(ChannelServiceConfig.isConfigured(this.environment, "discovery:///other")).isFalse();
	}

	@Test
	void aChannelHasAServiceConfig() {
		this.environment.setProperty("spring.grpc.client.channel.worker.service-config.load-balancing[0].pick-first",
				"true");
		assertThat(ChannelServiceConfig.isConfigured(this.environment, "worker")).isTrue();
		assertThat(ChannelServiceConfig.isConfigured(this.environment, "other")).isFalse();
	}

	@Test
	void theHealthCheckOfTheDefaultChannelIsUsed() {
		this.environment.setProperty("spring.grpc.client.channel.default.health.enabled", "true");
		assertThat(ChannelServiceConfig.isConfigured(this.environment, "discovery:///worker")).isTrue();
	}

}
