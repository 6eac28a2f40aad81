package dev.cloudmap.registry.state;

import java.security.SecureRandom;

/**
 * Makes ids in the forms that the real service uses.
 */
public final class Ids {

	private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789".toCharArray();

	private static final SecureRandom random = new SecureRandom();

	private Ids() {
	}

	/**
	 * Returns the id that a caller means, who may give an id or an ARN.
	 * @param idOrArn an id or an ARN
	 * @return the id
	 */
	public static String of(String idOrArn) {
		return idOrArn.startsWith("arn:") ? idOrArn.substring(idOrArn.lastIndexOf('/') + 1) : idOrArn;
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
