package dev.cloudmap.discovery.loadbalancer.name;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.UrlHost;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * The names of the instances that are called by name, and their addresses in the catalog.
 * An HTTP client that resolves them here needs no DNS, and connects to the chosen
 * instance. A name is the attribute {@code discovery.tls-name}, otherwise the name in
 * DNS, {@code <id>.<service>.<namespace>}. Thread-safe.
 */
public final class InstanceNames {

	private static final Logger logger = LoggerFactory.getLogger(InstanceNames.class);

	private final Map<String, InetAddress> addresses = new ConcurrentHashMap<>();

	/** The names of the current and of the previous list of each service. */
	private final Map<ServiceName, List<Set<String>>> known = new ConcurrentHashMap<>();

	/** The instances that were reported as not callable by name. */
	private final Set<Instance> reported = ConcurrentHashMap.newKeySet();

	/**
	 * Returns the instances of a new list of a service with their names. Those of the
	 * previous list still resolve, since requests to them may be on their way.
	 * @param service the service
	 * @param instances the instances
	 * @return each instance with the one to call: the same, if it has no name
	 */
	public Map<ServiceInstance, CatalogServiceInstance> name(ServiceName service, List<ServiceInstance> instances) {
		Map<ServiceInstance, CatalogServiceInstance> named = new HashMap<>();
		Map<String, InetAddress> current = new HashMap<>();
		this.reported.removeIf((instance) -> instance.service().equals(service)
				&& instances.stream().noneMatch((known) -> instance(known).equals(instance)));
		for (ServiceInstance listed : instances) {
			CatalogServiceInstance instance = (CatalogServiceInstance) listed;
			named.put(instance, name(instance.instance(), instance, current));
		}
		this.addresses.putAll(current);
		this.known.compute(service, (key, before) -> {
			Set<String> previous = (before != null) ? before.get(0) : Set.of();
			if (before != null) {
				Set<String> gone = new HashSet<>(before.get(1));
				gone.removeAll(previous);
				gone.removeAll(current.keySet());
				gone.forEach(this.addresses::remove);
			}
			return List.of(Set.copyOf(current.keySet()), previous);
		});
		return named;
	}

	private static Instance instance(ServiceInstance instance) {
		return ((CatalogServiceInstance) instance).instance();
	}

	private CatalogServiceInstance name(Instance instance, CatalogServiceInstance unnamed,
			Map<String, InetAddress> names) {
		InetAddress address = IpLiteral.find(instance.host());
		if (address == null) {
			// its host is a name
			return unnamed;
		}
		String configured = instance.attributes().get(InstanceAttributes.TLS_NAME);
		String inDns = instance.id() + "." + instance.service();
		if (configured != null && add(configured, address, names)) {
			return unnamed.calledBy(configured);
		}
		if (configured != null) {
			report(instance, InstanceAttributes.TLS_NAME + " is '" + configured
					+ "', which is not a valid host or the name of an instance at another address. It is called as "
					+ inDns);
		}
		if (add(inDns, address, names)) {
			return unnamed.calledBy(inDns);
		}
		report(instance, "'" + inDns + "' is not a valid host. It is called by its address. Set its attribute "
				+ InstanceAttributes.TLS_NAME + ", or its id (discovery.registration.instance-id)");
		return unnamed;
	}

	private static boolean add(String name, InetAddress address, Map<String, InetAddress> names) {
		if (!UrlHost.isValid(name)) {
			return false;
		}
		InetAddress before = names.putIfAbsent(key(name), address);
		return before == null || before.equals(address);
	}

	private void report(Instance instance, String problem) {
		if (this.reported.add(instance)) {
			logger.warn("Instance {} of {} can't be called by the name that is intended: {}", instance.id(),
					instance.service(), problem);
		}
	}

	/**
	 * Returns the address of an instance.
	 * @param name the name
	 * @return the address with that name; null if no instance has the name
	 */
	public @Nullable InetAddress address(String name) {
		InetAddress address = this.addresses.get(key(name));
		if (address == null) {
			return null;
		}
		try {
			return InetAddress.getByAddress(name, address.getAddress());
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String key(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

}
