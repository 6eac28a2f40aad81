package dev.cloudmap.discovery.autoconfigure.docker;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * Connection details of a container with an emulator of AWS that implements Cloud Map's
 * API. None of them has DNS for its namespaces, and all of them serve every API on one
 * port.
 */
public interface EmulatorConnectionDetails extends CloudMapConnectionDetails {

	/** The images of LocalStack, Floci and MiniStack, without a tag. */
	List<String> IMAGES = List.of("localstack/localstack", "localstack/localstack-pro", "floci/floci",
			"ministackorg/ministack", "nahuelnucera/ministack");

	/** The port of all APIs. */
	int PORT = 4566;

	/**
	 * Returns the environment of the container.
	 */
	Map<String, ? extends @Nullable String> environment();

	/**
	 * Returns the region that is set in the environment; null if none is set.
	 */
	@Override
	default @Nullable String getRegion() {
		return first("AWS_REGION", "AWS_DEFAULT_REGION", "DEFAULT_REGION");
	}

	/**
	 * Returns the credentials that are set in the environment, or {@code test} and
	 * {@code test} because some emulators reject unsigned requests.
	 */
	@Override
	default AwsCredentialsProvider getCredentials() {
		String id = first("AWS_ACCESS_KEY_ID");
		String secret = first("AWS_SECRET_ACCESS_KEY");
		return StaticCredentialsProvider
			.create(AwsBasicCredentials.create((id != null) ? id : "test", (secret != null) ? secret : "test"));
	}

	@Override
	default boolean hasDns() {
		return false;
	}

	@Override
	default CreationPolicy.Scope getCreate() {
		return CreationPolicy.Scope.NAMESPACES;
	}

	private @Nullable String first(String... names) {
		return Arrays.stream(names)
			.<String>map(environment()::get)
			.filter(Objects::nonNull)
			.filter((value) -> !value.isBlank())
			.findFirst()
			.orElse(null);
	}

}
