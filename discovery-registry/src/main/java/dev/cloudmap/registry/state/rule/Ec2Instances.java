package dev.cloudmap.registry.state.rule;

import java.util.regex.Pattern;

/**
 * EC2 instances, of which the real service knows the addresses. Here there are none, so
 * an address is made up: always the same for the same id, and from a range that is never
 * routed (RFC 2544, 198.18.0.0/15), so that nobody is called by mistake.
 */
public final class Ec2Instances {

	private static final Pattern ID = Pattern.compile("i-[0-9a-f]{8}([0-9a-f]{9})?");

	private static final int FIRST_OCTET = 198;

	private static final int SECOND_OCTET = 18;

	private Ec2Instances() {
	}

	static boolean isId(String value) {
		return ID.matcher(value).matches();
	}

	/**
	 * Returns the address of an instance.
	 * @param id its id
	 */
	public static String address(String id) {
		int hash = id.hashCode();
		return "%d.%d.%d.%d".formatted(FIRST_OCTET, SECOND_OCTET + (hash >>> 16 & 1), hash >>> 8 & 0xFF, hash & 0xFF);
	}

}
