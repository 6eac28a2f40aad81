package dev.cloudmap.registry.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as it shows in the answers.
 *
 * @param region the region that ARNs name
 */
record Caller(String region) {

	/** The one account there is. */
	static final String ACCOUNT = "000000000000";

	private static final String DEFAULT_REGION = "us-east-1";

	private static final Pattern CREDENTIAL_SCOPE = Pattern.compile("Credential=[^/,\\s]+/\\d{8}/([a-z0-9-]{1,32})/");

	/**
	 * Returns the caller of a request.
	 * @param authorization the request's Authorization header, whose credential scope
	 * names the region
	 */
	static Caller of(@Nullable String authorization) {
		if (authorization != null) {
			Matcher matcher = CREDENTIAL_SCOPE.matcher(authorization);
			if (matcher.find()) {
				return new Caller(matcher.group(1));
			}
		}
		return new Caller(DEFAULT_REGION);
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
