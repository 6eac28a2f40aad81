package dev.cloudmap.discovery.registry;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Rules for ids of instances. An id is part of the instance's DNS name
 * {@code <instance id>.<service>.<namespace>}, to which SRV records point, and must be
 * resolvable there.
 */
public final class InstanceId {

	/** What ids are valid, for messages. */
	public static final String EXPECTED = "1 to 64 letters, digits and the characters _ / : . @ -";

	/** Cloud Map API reference, {@code RegisterInstance}. */
	private static final Pattern VALID = Pattern.compile("[0-9a-zA-Z_/:.@-]{1,64}");

	/**
	 * The labels of host names (RFC 1123, section 2.1), and underscores. RFC 1035 allows
	 * 63 octets.
	 */
	private static final String LABEL = "[0-9a-zA-Z_]([0-9a-zA-Z_-]{0,61}[0-9a-zA-Z_])?";

	private static final Pattern RESOLVABLE = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

	/** Characters that are not allowed in a label, with the dashes around them. */
	private static final Pattern SEPARATORS = Pattern.compile("-*[^0-9a-zA-Z_-]+-*");

	private static final int MAX_LABEL = 63;

	private InstanceId() {
	}

	/**
	 * Whether the id is valid.
	 * @param id the id
	 */
	public static boolean isValid(String id) {
		return VALID.matcher(id).matches();
	}

	/**
	 * Describes why an id is not resolvable as part of a DNS name, with an alternative.
	 * @param id a valid id
	 * @return the sentence; null if programs can resolve it
	 */
	public static @Nullable String unresolvable(String id) {
		if (RESOLVABLE.matcher(id).matches()) {
			return null;
		}
		return "Many programs cannot resolve '" + id + "' as a part of a DNS name: expected labels of 1 to " + MAX_LABEL
				+ " letters, digits, '_' and '-' that do not begin or end with '-', separated by single dots, for example "
				+ similar(id);
	}

	private static String similar(String id) {
		String similar = Arrays.stream(id.split("\\."))
			.map((label) -> SEPARATORS.matcher(label).replaceAll("-").replaceAll("^-+", ""))
			.map((label) -> label.substring(0, Math.min(label.length(), MAX_LABEL)).replaceAll("-+$", ""))
			.filter((label) -> !label.isEmpty())
			.collect(Collectors.joining("."));
		return similar.isEmpty() ? "worker-1" : similar;
	}

}
