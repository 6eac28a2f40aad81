package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class GatewayMvcRoutesTests {

	private static final String PREFIX = "spring.cloud.gateway.server.webmvc.";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void warnsAndSuggestsAliasForInvalidHostName(CapturedOutput output) {
		this.environment.withProperty(PREFIX + "routes[0].id", "one")
			.withProperty(PREFIX + "routes[0].uri", "lb://my_service")
			.withProperty(PREFIX + "routes-map.two.uri", "lb://other_service");
		new GatewayMvcRoutes(this.environment).afterPropertiesSet();
		assertThat(output).contains("WARN")
			.contains("discovery.aliases.my-service=my_service")
			.contains("discovery.aliases.other-service=other_service");
	}

	@Test
	void ignoresOtherRoutes(CapturedOutput output) {
		this.environment.withProperty(PREFIX + "routes[0].uri", "lb://worker")
			.withProperty(PREFIX + "routes[1].uri", "http://my_service/")
			.withProperty(PREFIX + "routes[2].id", "none");
		new GatewayMvcRoutes(this.environment).afterPropertiesSet();
		assertThat(output).doesNotContain("WARN");
	}

}
