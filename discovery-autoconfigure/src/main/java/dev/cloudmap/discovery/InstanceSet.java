package dev.cloudmap.discovery;

import java.util.Comparator;
import java.util.List;

/**
 * What one look-up found: the instances of a service, in a stable order.
 *
 * @param service the service that was looked up; never null
 * @param instances the instances, ordered by id, each once; empty if the service has none
 * or does not exist; never null, immutable
 * @param source the name of the source that answered, such as {@code dns} or {@code api};
 * never null
 */
public record InstanceSet(ServiceName service, List<Instance> instances, String source) {

	private static final Comparator<Instance> ORDER = Comparator.comparing(Instance::id)
		.thenComparing(Instance::host)
		.thenComparingInt(Instance::port);

	public InstanceSet {
		instances = instances.stream().distinct().sorted(ORDER).toList();
	}

	public boolean isEmpty() {
		return this.instances.isEmpty();
	}

}
