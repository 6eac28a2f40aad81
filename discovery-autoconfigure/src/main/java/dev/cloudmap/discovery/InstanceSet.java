package dev.cloudmap.discovery;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What one look-up found: the instances of a service, in a stable order.
 *
 * @param service the service that was looked up; never null
 * @param instances the instances, ordered by id, each once; empty if the service has none
 * or does not exist; never null, immutable
 * @param source the name of the source that answered, such as {@code dns} or {@code api};
 * never null
 * @param validUntil until when the source says that this holds; null if it does not say,
 * as the API
 */
public record InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil) {

	private static final Comparator<Instance> ORDER = Comparator.comparing(Instance::id)
		.thenComparing(Instance::host)
		.thenComparingInt(Instance::port)
		.thenComparing(Instance::health)
		.thenComparing((instance) -> new TreeMap<>(instance.attributes()).toString());

	public InstanceSet {
		instances = instances.stream().distinct().sorted(ORDER).toList();
	}

	/**
	 * What a source found that does not say how long it holds.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source) {
		this(service, instances, source, null);
	}

	public boolean isEmpty() {
		return this.instances.isEmpty();
	}

}
