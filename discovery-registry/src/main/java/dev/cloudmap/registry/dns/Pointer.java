package dev.cloudmap.registry.dns;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * What an address leads back to. Those of one address are in an order that has nothing to
 * do with their names.
 *
 * @param address the address
 * @param order the place among those of the address
 * @param owner the name of a service
 * @param serviceId the service's id, for in another zone another service may have the
 * name
 * @param instanceId the instance whose name it is, in which case that is meant; empty
 * when the service's own name is
 */
record Pointer(Address address, int order, Name owner, String serviceId,
		String instanceId) implements Comparable<Pointer> {

	private static final Comparator<Pointer> ORDER = Comparator.comparing(Pointer::address)
		.thenComparingInt(Pointer::order)
		.thenComparing(Pointer::owner)
		.thenComparing(Pointer::serviceId)
		.thenComparing(Pointer::instanceId);

	/** Spreads hashes that are close together over all numbers (Fibonacci hashing). */
	private static final int SPREAD = 0x9E37_79B9;

	static Pointer of(Address address, Name owner, String serviceId, String instanceId) {
		int hash = 31 * serviceId.hashCode() + instanceId.hashCode();
		return new Pointer(address, hash * SPREAD, owner, serviceId, instanceId);
	}

	/**
	 * Returns what comes before all others at a place.
	 */
	static Pointer at(Address address, int order) {
		return new Pointer(address, order, Name.root, "", "");
	}

	boolean isOfInstance() {
		return !this.instanceId.isEmpty();
	}

	/**
	 * Returns the name that the address leads to, or null when DNS does not allow its
	 * length.
	 */
	@Nullable Name target() {
		return isOfInstance() ? Names.ofInstance(this.instanceId, this.owner) : this.owner;
	}

	@Override
	public int compareTo(Pointer other) {
		return ORDER.compare(this, other);
	}

}
