package dev.cloudmap.discovery.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;

/**
 * The instances of one service with their attributes, as the API last showed them.
 * Immutable.
 */
final class KnownAttributes {

	static final KnownAttributes NONE = new KnownAttributes(List.of());

	/**
	 * By id and place. DNS servers may change the case of names, and so of ids in them.
	 */
	private final Map<String, Instance> byId = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	/** Whatever their case. */
	private final Set<String> ids = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	/** Only addresses that a single instance has. */
	private final Map<String, Instance> byAddress = new HashMap<>();

	KnownAttributes(Collection<Instance> instances) {
		Set<String> shared = new HashSet<>();
		for (Instance instance : instances) {
			this.ids.add(instance.id());
			this.byId.put(place(instance), instance);
			String address = address(instance);
			if (!shared.contains(address) && this.byAddress.put(address, instance) != null) {
				this.byAddress.remove(address);
				shared.add(address);
			}
		}
	}

	boolean isEmpty() {
		return this.byId.isEmpty();
	}

	/**
	 * Adds the result of another lookup. It replaces instances with the same id or, since
	 * addresses are reused, with the same address and port.
	 */
	KnownAttributes with(Collection<Instance> instances) {
		KnownAttributes newer = new KnownAttributes(instances);
		Set<String> addresses = instances.stream().map(KnownAttributes::address).collect(Collectors.toSet());
		List<Instance> all = new ArrayList<>(instances);
		this.byId.values()
			.stream()
			.filter((known) -> !newer.ids.contains(known.id()) && !addresses.contains(address(known)))
			.forEach(all::add);
		return new KnownAttributes(all);
	}

	/**
	 * An instance that DNS shows, with its id and attributes. An instance is recognised
	 * by its id, as addresses are reused; where DNS has no id, as with A records alone,
	 * by address and port.
	 * @return the instance; null if its attributes are not known
	 */
	@Nullable Instance complete(Instance found) {
		Instance known = this.byId.get(place(found));
		if (known == null && found.id().equals(address(found))) {
			known = this.byAddress.get(address(found));
		}
		if (known == null) {
			return null;
		}
		Map<String, String> attributes = new HashMap<>(known.attributes());
		// weights of SRV records
		attributes.putAll(found.attributes());
		HealthStatus health = (found.health() == HealthStatus.UNKNOWN) ? known.health() : found.health();
		return new Instance(found.service(), known.id(), found.host(), found.port(), health, attributes);
	}

	private static String place(Instance instance) {
		return instance.id() + " " + address(instance);
	}

	private static String address(Instance instance) {
		return instance.host().toLowerCase(Locale.ROOT) + ":" + instance.port();
	}

}
