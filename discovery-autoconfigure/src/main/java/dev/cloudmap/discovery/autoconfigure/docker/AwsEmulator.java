package dev.cloudmap.discovery.autoconfigure.docker;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Emulators of AWS that implement Cloud Map's API. None of them has DNS for its
 * namespaces, and all of them serve every API on one port.
 */
public final class AwsEmulator {

	/** The images of LocalStack, Floci and MiniStack, without a tag. */
	public static final List<String> IMAGES = List.of("localstack/localstack", "localstack/localstack-pro",
			"floci/floci", "ministackorg/ministack", "nahuelnucera/ministack");

	/** The port of all APIs. */
	public static final int PORT = 4566;

	private static final String DEFAULT_CREDENTIAL = "test";

	private AwsEmulator() {
	}

	/**
	 * Returns the region that is set in the environment; null if none is set.
	 * @param environment the environment of the container
	 */
	public static @Nullable String region(Map<String, ? extends @Nullable String> environment) {
		return first(environment, "AWS_REGION", "AWS_DEFAULT_REGION", "DEFAULT_REGION");
	}

	/**
	 * Returns the credentials that are set in the environment, or {@code test} and
	 * {@code test} because some emulators reject unsigned requests.
	 * @param environment the environment of the container
	 */
	public static AwsCredentialsProvider credentials(Map<String, ? extends @Nullable String> environment) {
		String id = first(environment, "AWS_ACCESS_KEY_ID");
		String secret = first(environment, "AWS_SECRET_ACCESS_KEY");
		return StaticCredentialsProvider.create(AwsBasicCredentials.create((id != null) ? id : DEFAULT_CREDENTIAL,
				(secret != null) ? secret : DEFAULT_CREDENTIAL));
	}

	private static @Nullable String first(Map<String, ? extends @Nullable String> environment, String... names) {
		return Arrays.stream(names)
			.map(environment::get)
			.filter(Objects::nonNull)
			.filter((value) -> !value.isBlank())
			.findFirst()
			.orElse(null);
	}

}
