package dev.cloudmap.discovery.loadbalancer.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.OtherInstances;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Explains to callers why a service has no instances, and names similar ones. It also
 * logs this when a service loses its last instance. Not an immediate listener, since it
 * may create the beans of other discovery clients.
 */
public final class NoInstancesDiagnosis implements CatalogListener {

	/** Further names are only counted. */
	private static final int MAX_NAMES = 20;

	private static final Logger logger = LoggerFactory.getLogger(NoInstancesDiagnosis.class);

	private final Namespaces namespaces;

	private final ServiceList services;

	private final OtherDiscoveryClients others;

	private final LogLimit logLimit;

	/**
	 * Creates the diagnosis.
	 * @param namespaces the namespaces and aliases
	 * @param services the services of the default namespace
	 * @param others the other discovery clients, which may know the service
	 * @param logLimit limits what is logged
	 */
	public NoInstancesDiagnosis(Namespaces namespaces, ServiceList services, OtherDiscoveryClients others,
			LogLimit logLimit) {
		this.namespaces = namespaces;
		this.services = services;
		this.others = others;
		this.logLimit = logLimit;
	}

	@Override
	public void onChange(InstanceSet set) {
		if (!set.isEmpty()) {
			this.logLimit.forget(set.service());
		}
		else {
			log(set.service());
		}
	}

	/**
	 * Logs why a gateway found no instance, since its clients receive only a status. A
	 * name is logged again after {@link LogLimit#WINDOW}.
	 * @param serviceId the service as it was called
	 * @param reason the reason. That of a failed lookup is not logged again
	 */
	public void logUnavailable(String serviceId, DiscoveryException reason) {
		if (reason instanceof NoInstancesException) {
			log(this.namespaces.serviceName(serviceId));
		}
		else if (reason instanceof InvalidNameException && this.logLimit.allows(serviceId)) {
			logger.warn("A request cannot be routed to a service: {}", reason.getMessage());
		}
	}

	private void log(ServiceName service) {
		if (!this.logLimit.allows(service)) {
			return;
		}
		String id = isOurs(service) ? service.name() : service.toString();
		var unused = this.others.instances(id)
			.thenCombine(this.services.allNames().exceptionally((failure) -> null), (elsewhere, names) -> {
				if (elsewhere.equals(OtherInstances.NONE)) {
					logger.warn("{}. {}", description(service, names), action(service, names));
				}
				else {
					logger.info("{}. The instances of another discovery client are called",
							description(service, names));
				}
				return elsewhere;
			});
	}

	/**
	 * The exception for a caller. It does not wait for the list of services, and names
	 * them only if they are known already.
	 * @param serviceId the service as it was called
	 * @return the exception
	 */
	public NoInstancesException of(String serviceId) {
		ServiceName service = this.namespaces.serviceName(serviceId);
		List<String> names = this.services.known();
		return new NoInstancesException(description(service, names), action(service, names));
	}

	private String description(ServiceName service, @Nullable List<String> names) {
		return "Service " + service.name() + " of namespace " + service.namespace()
				+ (isMissing(service, names) ? " does not exist" : " has no instances");
	}

	private String action(ServiceName service, @Nullable List<String> names) {
		List<String> sentences = new ArrayList<>();
		if (!isOurs(service)) {
			sentences
				.add("The part after the first dot of a name is its namespace. If names of services contain dots, add"
						+ " the namespace to discovery.lookup.namespaces. For a host name, add an alias, such as"
						+ " discovery.aliases[" + service + "]=worker." + ours());
		}
		else if (names != null && !isMissing(service, names)) {
			sentences
				.add("Check that an instance is running, registered and healthy, and that it has the attributes that"
						+ " discovery.lookup.services requires");
		}
		if (names == null) {
			sentences.add("The services of " + ours() + " are not known yet");
		}
		else {
			nearest(service, names).ifPresent((name) -> sentences.add("Did you mean http://" + name + "/?"));
			sentences.add(ours() + " has " + (names.isEmpty() ? "no services" : "the services " + list(names)));
		}
		if (this.others.exist()) {
			sentences
				.add("Other discovery clients do not know it either: " + String.join(", ", this.others.descriptions()));
		}
		if (!this.namespaces.aliases().services().isEmpty()) {
			sentences.add("The aliases are " + list(aliases()));
		}
		return String.join(". ", sentences).replace("?. ", "? ");
	}

	private Optional<String> nearest(ServiceName service, List<String> names) {
		List<String> candidates = new ArrayList<>(aliases());
		if (!isOurs(service)) {
			names.forEach((name) -> candidates.add(name + "." + ours()));
			return NearestName.of(service.toString(), candidates);
		}
		if (!isMissing(service, names)) {
			return Optional.empty();
		}
		candidates.addAll(names);
		return NearestName.of(service.name(), candidates);
	}

	private boolean isMissing(ServiceName service, @Nullable List<String> names) {
		return names != null && isOurs(service) && names.stream().noneMatch(service.name()::equalsIgnoreCase);
	}

	private boolean isOurs(ServiceName service) {
		return service.namespace().equals(ours());
	}

	private Namespace ours() {
		return this.namespaces.byDefault();
	}

	private List<String> aliases() {
		return List.copyOf(new TreeSet<>(this.namespaces.aliases().services().keySet()));
	}

	private static String list(List<String> names) {
		String shown = String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMES)));
		return (names.size() > MAX_NAMES) ? shown + " and " + (names.size() - MAX_NAMES) + " more" : shown;
	}

}
