package dev.cloudmap.discovery;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * @param detail how much of the instances the source told; never null
 */
public record InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
		Set<String> unlocated, Detail detail) {

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
	 * What a source found that tells all there is to know.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
			Set<String> unlocated) {
		this(service, instances, source, validUntil, unlocated, Detail.ALL);
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
	 * The same set, found in place of a source that would have told more of the
	 * instances.
	 * @return the set of mere places, never null
	 */
	public InstanceSet asPlaces() {
		return new InstanceSet(this.service, this.instances, this.source, this.validUntil, this.unlocated,
				Detail.PLACES);
	}

	/**
	 * The same set, and in it what an earlier one knows of the instances whose address
	 * could not be found out this time, and of those of which only the place was told.
	 * @param earlier what was found before; not null
	 * @return the whole, never null
	 */
	public InstanceSet completedBy(InstanceSet earlier) {
		if (this.unlocated.isEmpty() && this.detail == Detail.ALL) {
			return this;
		}
		Stream<Instance> found = (this.detail == Detail.ALL) ? this.instances.stream() : asIn(earlier);
		Stream<Instance> kept = earlier.instances.stream().filter((instance) -> this.unlocated.contains(instance.id()));
		return new InstanceSet(this.service, Stream.concat(found, kept).toList(), this.source, this.validUntil,
				this.unlocated);
	}

	private Stream<Instance> asIn(InstanceSet earlier) {
		Map<Place, Instance> known = new HashMap<>();
		for (Instance instance : earlier.instances) {
			known.put(new Place(instance.id(), instance.host(), instance.port()), instance);
			known.put(new Place(null, instance.host(), instance.port()), instance);
		}
		return this.instances.stream().map((instance) -> {
			Instance same = known.get(new Place(instance.id(), instance.host(), instance.port()));
			Instance there = (same != null) ? same : known.get(new Place(null, instance.host(), instance.port()));
			return (there != null) ? there : instance;
		});
	}

	public boolean isEmpty() {
		return this.instances.isEmpty();
	}

	/**
	 * How much a source told.
	 */
	public enum Detail {

		/** All that there is to know of the instances. */
		ALL,

		/** Where they are. What was known of them before is still true. */
		PLACES

	}

	/**
	 * Where an instance is, and which if that matters.
	 */
	private record Place(@Nullable String id, String host, int port) {
	}

}
