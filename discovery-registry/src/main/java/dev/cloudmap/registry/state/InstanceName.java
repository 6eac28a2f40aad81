package dev.cloudmap.registry.state;

import java.util.Arrays;
import java.util.List;

/**
 * The DNS name of an instance, {@code <instance id>.<service>.<namespace>}, to which the
 * SRV records of its service point.
 */
public final class InstanceName {

	/** The name of a service that has the namespace's own name. */
	static final String APEX = ".";

	private InstanceName() {
	}

	/**
	 * Returns the labels that an instance id gives its name. Dots separate labels, as in
	 * any domain name in writing and so on Route 53. DNS has no empty labels: an id that
	 * would give one, such as {@code a..b}, is one label that contains the dots.
	 * @param instanceId an instance id
	 * @return the labels, the first one first; some may be longer than DNS allows
	 */
	public static List<String> labels(String instanceId) {
		List<String> labels = Arrays.asList(instanceId.split("\\.", -1));
		return labels.contains("") ? List.of(instanceId) : labels;
	}

	/**
	 * Returns the name, relative to the namespace and in presentation format (RFC 1035,
	 * section 5.1), so that names are equal when these are, apart from case.
	 */
	static String of(InstanceKey key, Service service) {
		List<String> labels = labels(key.instanceId());
		String own = (labels.size() > 1) ? key.instanceId() : key.instanceId().replace(".", "\\.");
		return service.name().equals(APEX) ? own : own + "." + service.name();
	}

}
