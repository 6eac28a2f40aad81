package dev.cloudmap.registry.state.rule;

import java.util.regex.Pattern;

/**
 * Generates addresses of EC2 instances, which only AWS can look up: the same address for
 * the same id, from a range that is never routed (RFC 2544, 198.18.0.0/15).
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

	public static String address(String id) {
		int hash = id.hashCode();
		return "%d.%d.%d.%d".formatted(FIRST_OCTET, SECOND_OCTET + (hash >>> 16 & 1), hash >>> 8 & 0xFF, hash & 0xFF);
	}

}
