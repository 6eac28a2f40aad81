package dev.cloudmap.discovery.autoconfigure.docker;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The container image of the registry.
 */
public final class RegistryImage {

	/** The name, without image registry and path. */
	public static final String NAME = "discovery-registry";

	/** The port of the API. */
	public static final int HTTP_PORT = 8054;

	/** The port of DNS, UDP and TCP. */
	public static final int DNS_PORT = 8053;

	/**
	 * The VPC of namespaces that applications create. With it, they are private DNS
	 * namespaces.
	 */
	public static final String VPC = "vpc-container";

	/**
	 * The environment variable with the source of the credentials that the registry
	 * requires, in the form of its option {@code --credentials}: {@code env:NAME} refers
	 * to another environment variable, with pairs of {@code id:secret} separated by
	 * commas.
	 */
	public static final String CREDENTIALS_VARIABLE = "DISCOVERY_REGISTRY_CREDENTIALS";

	private static final String VARIABLE_PREFIX = "env:";

	private RegistryImage() {
	}

	/**
	 * Whether an image has this name, regardless of image registry and path.
	 * @param image the name of the image, without a tag
	 */
	public static boolean matches(String image) {
		return image.substring(image.lastIndexOf('/') + 1).equals(NAME);
	}

	/**
	 * Returns the first credentials that a container accepts, or anonymous credentials if
	 * its environment does not contain them.
	 * @param environment the environment of the container
	 */
	public static AwsCredentialsProvider credentials(Map<String, ? extends @Nullable String> environment) {
		String source = environment.get(CREDENTIALS_VARIABLE);
		String pairs = (source != null && source.startsWith(VARIABLE_PREFIX))
				? environment.get(source.substring(VARIABLE_PREFIX.length())) : null;
		String[] pair = (pairs != null) ? pairs.strip().split("[,\\s]+", 2)[0].split(":", 2) : new String[0];
		return (pair.length == 2) ? StaticCredentialsProvider.create(AwsBasicCredentials.create(pair[0], pair[1]))
				: AnonymousCredentialsProvider.create();
	}

}
