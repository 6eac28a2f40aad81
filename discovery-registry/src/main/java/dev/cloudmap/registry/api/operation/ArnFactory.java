package dev.cloudmap.registry.api.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Creates ARNs in the region of a request.
 *
 * @param region the region
 */
public record ArnFactory(String region) {

	/** The account of all resources. */
	static final String ACCOUNT = "000000000000";

	private static final String DEFAULT_REGION = "us-east-1";

	private static final Pattern CREDENTIAL_SCOPE = Pattern.compile("Credential=[^/,\\s]+/\\d{8}/([a-z0-9-]{1,32})/");

	/**
	 * Returns the factory for a request.
	 * @param authorization the Authorization header, whose credential scope contains the
	 * region, or null
	 * @return the factory
	 */
	public static ArnFactory of(@Nullable String authorization) {
		if (authorization != null) {
			Matcher matcher = CREDENTIAL_SCOPE.matcher(authorization);
			if (matcher.find()) {
				return new ArnFactory(matcher.group(1));
			}
		}
		return new ArnFactory(DEFAULT_REGION);
	}

	String namespaceArn(String id) {
		return arn("namespace", id);
	}

	String serviceArn(String id) {
		return arn("service", id);
	}

	private String arn(String type, String id) {
		return "arn:aws:servicediscovery:%s:%s:%s/%s".formatted(this.region, ACCOUNT, type, id);
	}

}
