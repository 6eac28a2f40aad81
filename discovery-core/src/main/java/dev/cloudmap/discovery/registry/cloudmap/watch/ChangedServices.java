package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.util.List;
import java.util.Map;

/**
 * The services of a namespace that have changed.
 *
 * @param everything whether any service may have changed
 * @param names the names of the services, without the namespace
 */
public record ChangedServices(boolean everything, List<String> names) {

	private static final ChangedServices EVERYTHING = new ChangedServices(true, List.of());

	/**
	 * Reads the members of an answer. Any service may have changed if they are not as
	 * expected.
	 */
	static ChangedServices read(Map<String, Object> members) {
		if (!Boolean.FALSE.equals(members.get("everything")) || !(members.get("services") instanceof List<?> services)
				|| !services.stream().allMatch(String.class::isInstance)) {
			return EVERYTHING;
		}
		return new ChangedServices(false, services.stream().map(String.class::cast).toList());
	}

}
