package dev.cloudmap.discovery.catalog.attribute;

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
 * The attributes of the instances of one service, as the API last returned them.
 * Immutable.
 */
public final class KnownAttributes {

	public static final KnownAttributes NONE = new KnownAttributes(List.of());

	/**
	 * By id and address. DNS servers may change the case of names, which contain ids.
	 */
	private final Map<String, Instance> byId = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	/** Case-insensitive. */
	private final Set<String> ids = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	/** Only addresses of exactly one instance. */
	private final Map<String, Instance> byAddress = new HashMap<>();

	/**
	 * Creates an instance.
	 * @param instances the instances with their attributes, as the API returned them
	 */
	public KnownAttributes(Collection<Instance> instances) {
		Set<String> shared = new HashSet<>();
		for (Instance instance : instances) {
			this.ids.add(instance.id());
			this.byId.put(key(instance), instance);
			String address = address(instance);
			if (!shared.contains(address) && this.byAddress.put(address, instance) != null) {
				this.byAddress.remove(address);
				shared.add(address);
			}
		}
	}

	/**
	 * Returns whether no attributes are known.
	 */
	public boolean isEmpty() {
		return this.byId.isEmpty();
	}

	/**
	 * Adds the result of another lookup. It replaces instances with the same id or, since
	 * addresses are reused, with the same address and port.
	 */
	public KnownAttributes with(Collection<Instance> instances) {
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
	 * Adds id and attributes to an instance of a DNS lookup. Instances are matched by id,
	 * since addresses are reused; without an id in DNS, as with A records only, by
	 * address and port.
	 * @return the instance; null if its attributes are unknown
	 */
	public @Nullable Instance complete(Instance found) {
		Instance known = this.byId.get(key(found));
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

	private static String key(Instance instance) {
		return instance.id() + " " + address(instance);
	}

	private static String address(Instance instance) {
		return instance.host().toLowerCase(Locale.ROOT) + ":" + instance.port();
	}

}
