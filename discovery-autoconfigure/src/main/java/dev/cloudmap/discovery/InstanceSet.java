package dev.cloudmap.discovery;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

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
 * @param unlocated the ids of instances that there are too, but whose address could not
 * be found out this time, each once; never null, immutable
 */
public record InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
		Set<String> unlocated) {

	private static final Comparator<Instance> ORDER = Comparator.comparing(Instance::id)
		.thenComparing(Instance::host)
		.thenComparingInt(Instance::port)
		.thenComparing(Instance::health)
		.thenComparing((instance) -> new TreeMap<>(instance.attributes()).toString());

	public InstanceSet {
		instances = instances.stream().distinct().sorted(ORDER).toList();
		unlocated = Set.copyOf(unlocated);
	}

	/**
	 * What a source found that knows the address of each instance.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil) {
		this(service, instances, source, validUntil, Set.of());
	}

	/**
	 * What a source found that does not say how long it holds.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source) {
		this(service, instances, source, null);
	}

	/**
	 * The same set, and in it what an earlier one knows of the instances whose address
	 * could not be found out this time.
	 * @param earlier what was found before; not null
	 * @return the whole, never null
	 */
	public InstanceSet completedBy(InstanceSet earlier) {
		if (this.unlocated.isEmpty()) {
			return this;
		}
		Stream<Instance> kept = earlier.instances.stream().filter((instance) -> this.unlocated.contains(instance.id()));
		return new InstanceSet(this.service, Stream.concat(this.instances.stream(), kept).toList(), this.source,
				this.validUntil, this.unlocated);
	}

	public boolean isEmpty() {
		return this.instances.isEmpty();
	}

}
