package dev.cloudmap.discovery.autoconfigure.docker.compose;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

import dev.cloudmap.discovery.autoconfigure.docker.compose.StubService.Mapping;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class AwsEmulatorDockerComposeConnectionDetailsFactoryTests {

	private static final Mapping PORT = Mapping.tcp(4566, 14566);

	@ParameterizedTest
	@ValueSource(strings = { "localstack/localstack:4.9", "localstack/localstack-pro", "floci/floci:1.5.25",
			"ministackorg/ministack:latest", "nahuelnucera/ministack", "mirror.example/localstack/localstack" })
	void emulatorsProvideApiWithoutDns(String image) throws Exception {
		CloudMapConnectionDetails details = new StubService(image, PORT).connectionDetails();
		assertThat(details).isNotNull();
		assertThat(details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:14566"));
		assertThat(details.hasDns()).isFalse();
		assertThat(details.getRegion()).isNull();
		assertThat(details.getCredentials()).isNotNull()
			.extracting((credentials) -> credentials.resolveCredentials().accessKeyId())
			.isEqualTo("test");
		assertThat(details.getCreate()).isEqualTo(CreationPolicy.Scope.NAMESPACES);
		assertThat(details.getVpc()).isNull();
	}

	@Test
	void recognizesLabel() throws Exception {
		assertThat(new StubService("mine", PORT)
			.withLabel("org.springframework.boot.service-connection", "localstack/localstack")
			.connectionDetails()).isNotNull();
	}

	@Test
	void usesRegionAndCredentialsOfContainer() throws Exception {
		CloudMapConnectionDetails details = new StubService("floci/floci", PORT)
			.withEnv(Map.of("AWS_DEFAULT_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "me", "AWS_SECRET_ACCESS_KEY",
					"s3cret"))
			.connectionDetails();
		assertThat(details).isNotNull();
		assertThat(details.getRegion()).isEqualTo("eu-central-1");
		assertThat(details.getCredentials()).isNotNull();
		AwsCredentials credentials = details.getCredentials().resolveCredentials();
		assertThat(credentials.accessKeyId()).isEqualTo("me");
		assertThat(credentials.secretAccessKey()).isEqualTo("s3cret");
	}

}
