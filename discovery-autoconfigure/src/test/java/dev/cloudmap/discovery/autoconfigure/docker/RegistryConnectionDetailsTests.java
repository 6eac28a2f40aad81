package dev.cloudmap.discovery.autoconfigure.docker;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryConnectionDetailsTests {

	@ParameterizedTest
	@ValueSource(strings = { "discovery-registry", "library/discovery-registry", "team/tools/discovery-registry" })
	void acceptsAnyPath(String image) {
		assertThat(RegistryConnectionDetails.isImage(image)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "redis", "my-discovery-registry", "discovery-registry/other" })
	void rejectsOtherNames(String image) {
		assertThat(RegistryConnectionDetails.isImage(image)).isFalse();
	}

	@Test
	void usesFirstCredentialsOfVariable() {
		Map<String, String> environment = Map.of("DISCOVERY_REGISTRY_CREDENTIALS", "env:KEYS", "KEYS",
				"first:s3cret:1, second:other");
		assertThat(credentials(environment).resolveCredentials()).satisfies((credentials) -> {
			assertThat(credentials.accessKeyId()).isEqualTo("first");
			assertThat(credentials.secretAccessKey()).isEqualTo("s3cret:1");
		});
	}

	@Test
	void unreadableCredentialsDisableSigning() {
		assertThat(credentials(Map.of())).isInstanceOf(AnonymousCredentialsProvider.class);
		assertThat(credentials(Map.of("DISCOVERY_REGISTRY_CREDENTIALS", "/run/secrets/keys")))
			.isInstanceOf(AnonymousCredentialsProvider.class);
		assertThat(credentials(Map.of("DISCOVERY_REGISTRY_CREDENTIALS", "env:KEYS", "KEYS", "")))
			.isInstanceOf(AnonymousCredentialsProvider.class);
	}

	private static AwsCredentialsProvider credentials(Map<String, String> environment) {
		RegistryConnectionDetails details = () -> environment;
		return details.getCredentials();
	}

}
