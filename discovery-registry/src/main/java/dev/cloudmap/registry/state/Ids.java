package dev.cloudmap.registry.state;

import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes ids in the forms that the real service uses.
 */
public final class Ids {

	private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789".toCharArray();

	private static final Pattern ARN = Pattern
		.compile("arn:[a-z-]+:servicediscovery:[a-z0-9-]*:\\d*:(?:namespace|service)/([^/]+)");

	private static final SecureRandom random = new SecureRandom();

	private Ids() {
	}

	/**
	 * Returns the id that a caller means, who may give an id or an ARN.
	 * @param idOrArn an id or an ARN of a namespace or a service
	 * @return the id; any other ARN as it is, for nothing has it for an id
	 */
	public static String of(String idOrArn) {
		Matcher arn = ARN.matcher(idOrArn);
		return arn.matches() ? arn.group(1) : idOrArn;
	}

	/**
	 * Returns a new namespace's id.
	 * @return {@code ns-} and 16 characters
	 */
	public static String namespace() {
		return "ns-" + characters(16);
	}

	/**
	 * Returns a new service's id.
	 * @return {@code srv-} and 16 characters
	 */
	public static String service() {
		return "srv-" + characters(16);
	}

	static String operation() {
		return characters(32) + "-" + characters(8);
	}

	static String suffix() {
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
