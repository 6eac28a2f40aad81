package dev.cloudmap.registry.state;

/**
 * What a domain name may be by the lengths that DNS allows (RFC 1035, section 2.3.4).
 */
public final class DomainNames {

	/** The longest label, in octets. */
	public static final int MAX_LABEL = 63;

	/**
	 * The longest name on the wire, in octets, lengths of labels and the root included.
	 */
	public static final int MAX_WIRE_NAME = 255;

	/** The longest name in writing, without the last dot. */
	static final int MAX_NAME = MAX_WIRE_NAME - 2;

	private DomainNames() {
	}

	/**
	 * Returns a name below another. Of two names one may be the root of the other, which
	 * is written as a dot.
	 */
	static String below(String name, String parent) {
		if (name.equals(InstanceName.APEX)) {
			return parent;
		}
		return parent.equals(InstanceName.APEX) ? name : name + "." + parent;
	}

	static boolean isValid(String name) {
		String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
		if (relative.isEmpty() || relative.length() > MAX_NAME) {
			return false;
		}
		for (String label : relative.split("\\.", -1)) {
			if (label.isEmpty() || label.length() > MAX_LABEL) {
				return false;
			}
		}
		return true;
	}

}
