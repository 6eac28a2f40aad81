package dev.cloudmap.discovery.autoconfigure.registry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationListener;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

class SdkPreloaderTests {

	private static final int PROCESSORS = 2;

	@ParameterizedTest
	@ValueSource(strings = { "discovery.registry=cloud-map", "discovery.cloud-map.region=eu-central-1",
			"discovery.cloud-map.endpoint=http://127.0.0.1:8054" })
	void loadsTheSdkForCloudMap(String property) {
		assertThat(SdkPreloader.isUseful(environment(property), PROCESSORS)).isTrue();
		assertThat(SdkPreloader.isUseful(environment(property), 1)).isFalse();
		assertThat(SdkPreloader.isUseful(environment(property, "discovery.enabled=false"), PROCESSORS)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.namespace=corp", "discovery.registry=embedded", "discovery.registry=wrong",
			"discovery.enabled=perhaps" })
	void loadsNothingOtherwise(String property) {
		assertThat(SdkPreloader.isUseful(environment(property), PROCESSORS)).isFalse();
	}

	@Test
	void buildsAClientWithoutSettings() {
		assertThatCode(SdkPreloader::load).doesNotThrowAnyException();
	}

	@Test
	void isAListenerOfEachApplication() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationListener.class))
			.hasAtLeastOneElementOfType(SdkPreloader.class);
	}

	private static MockEnvironment environment(String... properties) {
		MockEnvironment environment = new MockEnvironment();
		for (String property : properties) {
			String[] parts = property.split("=", 2);
			environment.setProperty(parts[0], parts[1]);
		}
		return environment;
	}

}
