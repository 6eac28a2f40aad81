package dev.cloudmap.discovery.autoconfigure.docker;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * Connection details of a container with the registry.
 */
public interface RegistryConnectionDetails extends CloudMapConnectionDetails {

	/** The name of the image, without image registry and path. */
	String NAME = "discovery-registry";

	/** The port of the API. */
	int HTTP_PORT = 8054;

	/** The port of DNS, UDP and TCP. */
	int DNS_PORT = 8053;

	/**
	 * The VPC of namespaces that applications create. With it, they are private DNS
	 * namespaces.
	 */
	String VPC = "vpc-container";

	/**
	 * The environment variable with the source of the credentials that the registry
	 * requires, in the form of its option {@code --credentials}: {@code env:NAME} refers
	 * to another environment variable, with pairs of {@code id:secret} separated by
	 * commas.
	 */
	String CREDENTIALS_VARIABLE = "DISCOVERY_REGISTRY_CREDENTIALS";

	/**
	 * Whether an image has this name, regardless of image registry and path.
	 * @param image the name of the image, without a tag
	 */
	static boolean isImage(String image) {
		return image.substring(image.lastIndexOf('/') + 1).equals(NAME);
	}

	/**
	 * Returns the environment of the container.
	 */
	Map<String, ? extends @Nullable String> environment();

	/**
	 * Returns the first credentials that the container accepts, or anonymous credentials
	 * if its environment does not contain them.
	 */
	@Override
	default AwsCredentialsProvider getCredentials() {
		String source = environment().get(CREDENTIALS_VARIABLE);
		String pairs = (source != null && source.startsWith("env:"))
				? environment().get(source.substring("env:".length())) : null;
		String[] pair = (pairs != null) ? pairs.strip().split("[,\\s]+", 2)[0].split(":", 2) : new String[0];
		return (pair.length == 2) ? StaticCredentialsProvider.create(AwsBasicCredentials.create(pair[0], pair[1]))
				: AnonymousCredentialsProvider.create();
	}

	@Override
	default CreationPolicy.Scope getCreate() {
		return CreationPolicy.Scope.NAMESPACES;
	}

	@Override
	default String getVpc() {
		return VPC;
	}

}
