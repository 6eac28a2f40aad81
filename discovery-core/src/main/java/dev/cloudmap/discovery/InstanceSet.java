package dev.cloudmap.discovery;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The result of one lookup: the instances of a service, in a stable order.
 *
 * @param service the service that was looked up
 * @param instances the instances, ordered by id, each once; empty if the service has none
 * or does not exist; immutable
 * @param source the name of the source that answered, such as {@code dns} or {@code api}
 * @param validUntil when the result expires, by the monotonic clock; null if the source
 * does not specify it, as the API does not
 * @param unlocated the ids of further instances whose address could not be resolved in
 * this lookup; immutable
 * @param detail which parts of the instances the source provides
 * @param revision the registry's revision of the service when its API last returned the
 * service; null if it has not
 */
public record InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
		Set<String> unlocated, Detail detail, @Nullable Long revision) {

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
	 * A result without a revision.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
			Set<String> unlocated, Detail detail) {
		this(service, instances, source, validUntil, unlocated, detail, null);
	}

	/**
	 * A result with attributes.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil,
			Set<String> unlocated) {
		this(service, instances, source, validUntil, unlocated, Detail.ALL);
	}

	/**
	 * A result in which every address is resolved.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source, @Nullable Instant validUntil) {
		this(service, instances, source, validUntil, Set.of());
	}

	/**
	 * A result without an expiry.
	 */
	public InstanceSet(ServiceName service, List<Instance> instances, String source) {
		this(service, instances, source, null);
	}

	/**
	 * Adds the instances of an earlier result whose address could not be resolved this
	 * time.
	 * @param earlier the earlier result
	 */
	public InstanceSet completedBy(InstanceSet earlier) {
		if (this.unlocated.isEmpty()) {
			return this;
		}
		Stream<Instance> kept = earlier.instances.stream().filter((instance) -> this.unlocated.contains(instance.id()));
		return with(Stream.concat(this.instances.stream(), kept).toList());
	}

	/**
	 * The same result with other instances.
	 */
	public InstanceSet with(List<Instance> instances) {
		return new InstanceSet(this.service, instances, this.source, this.validUntil, this.unlocated, this.detail,
				this.revision);
	}

	/**
	 * The same result with a revision.
	 */
	public InstanceSet withRevision(@Nullable Long revision) {
		return new InstanceSet(this.service, this.instances, this.source, this.validUntil, this.unlocated, this.detail,
				revision);
	}

	public boolean isEmpty() {
		return this.instances.isEmpty();
	}

	/**
	 * Which parts of an instance a source provides.
	 */
	public enum Detail {

		/** All parts, including attributes. */
		ALL,

		/** Id, address and port. DNS has no attributes. */
		ADDRESSES

	}

}
