package dev.cloudmap.registry.state.model;

import java.util.Arrays;
import java.util.List;

/**
 * Domain names in presentation format: their length limits (RFC 1035, section 2.3.4) and
 * the names of instances, {@code <instance id>.<service>.<namespace>}, which SRV records
 * point to.
 */
public final class DomainNames {

	/** The maximum length of a label, in octets. */
	public static final int MAX_LABEL = 63;

	/** The maximum length of a name in wire format, in octets. */
	public static final int MAX_WIRE_NAME = 255;

	/** The maximum length of a name in presentation format, without the final dot. */
	public static final int MAX_NAME = MAX_WIRE_NAME - 2;

	/** The name of a service that has the name of its namespace. */
	public static final String APEX = ".";

	private DomainNames() {
	}

	/**
	 * Appends a parent name to a name. Either can be {@link #APEX}.
	 */
	public static String below(String name, String parent) {
		if (name.equals(APEX)) {
			return parent;
		}
		return parent.equals(APEX) ? name : name + "." + parent;
	}

	/**
	 * Returns whether a name has labels of 1 to 63 characters and at most 253 characters.
	 */
	public static boolean isValid(String name) {
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

	/**
	 * Splits an instance id into the labels of its DNS name. Dots separate labels, as in
	 * Route 53. An id with an empty label, such as {@code a..b}, is one label.
	 * @param instanceId an instance id
	 * @return the labels, the first one first; they can be longer than DNS allows
	 */
	public static List<String> labels(String instanceId) {
		List<String> labels = Arrays.asList(instanceId.split("\\.", -1));
		return labels.contains("") ? List.of(instanceId) : labels;
	}

	/**
	 * Returns the DNS name of an instance relative to its namespace. Two instances have
	 * the same DNS name exactly if these names are equal apart from case.
	 */
	public static String ofInstance(InstanceReference key, Service service) {
		List<String> labels = labels(key.instanceId());
		String own = (labels.size() > 1) ? key.instanceId() : key.instanceId().replace(".", "\\.");
		return below(own, service.name());
	}

}
