package dev.cloudmap.registry.state.model;

import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Generates ids in the formats of Cloud Map.
 */
public final class Ids {

	private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789".toCharArray();

	private static final Pattern ARN = Pattern
		.compile("arn:[a-z-]+:servicediscovery:[a-z0-9-]*:\\d*:(?:namespace|service)/([^/]+)");

	private static final SecureRandom random = new SecureRandom();

	private Ids() {
	}

	/**
	 * Returns the id in the ARN of a namespace or a service.
	 * @param idOrArn an id or an ARN
	 * @return the id; the parameter if it is not such an ARN
	 */
	public static String of(String idOrArn) {
		Matcher arn = ARN.matcher(idOrArn);
		return arn.matches() ? arn.group(1) : idOrArn;
	}

	/**
	 * Generates the id of a namespace.
	 * @return {@code ns-} and 16 characters
	 */
	public static String namespace() {
		return "ns-" + characters(16);
	}

	/**
	 * Generates the id of a service.
	 * @return {@code srv-} and 16 characters
	 */
	public static String service() {
		return "srv-" + characters(16);
	}

	/**
	 * Generates the id of an operation.
	 * @return 32 characters, a hyphen and 8 characters
	 */
	public static String operation() {
		return characters(32) + "-" + characters(8);
	}

	/**
	 * Generates the suffix of a name.
	 * @return 8 characters
	 */
	public static String suffix() {
		return characters(8);
	}

	private static String characters(int count) {
		char[] characters = new char[count];
		for (int i = 0; i < count; i++) {
			characters[i] = ALPHABET[random.nextInt(ALPHABET.length)];
		}
		return new String(characters);
	}

}
