package dev.cloudmap.registry.dns.zone;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * Warns of services whose DNS names are in the zone of another namespace. The zone with
 * the longest name answers, as in Route 53, so their records are not found.
 */
public final class ShadowedServiceWarning implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(ShadowedServiceWarning.class);

	private ShadowedServiceWarning() {
	}

	/**
	 * Warns of the current services and later ones.
	 * @param view the content that lookups see
	 */
	public static void report(LookupView view) {
		view.addListener(new ShadowedServiceWarning());
		RegistrySnapshot snapshot = view.snapshot();
		snapshot.namespaces().forEach((namespace) -> check(snapshot, namespace, snapshot.services()));
	}

	@Override
	public void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.NamespaceCreated created) {
				check(snapshot, created.namespace(), snapshot.services());
			}
			else if (change instanceof Change.ServiceCreated created) {
				ServiceState state = snapshot.findService(created.service().id());
				if (state != null) {
					snapshot.namespaces().forEach((namespace) -> check(snapshot, namespace, List.of(state)));
				}
			}
		}
	}

	/**
	 * Warns once of all services whose names are in a namespace.
	 */
	private static void check(RegistrySnapshot snapshot, Namespace namespace, Collection<ServiceState> services) {
		if (!namespace.type().isDns()) {
			return;
		}
		String zone = suffix(namespace.name());
		List<Service> hidden = services.stream()
			.filter((state) -> isHidden(snapshot, zone, state))
			.map(ServiceState::service)
			.toList();
		if (!hidden.isEmpty()) {
			Service first = hidden.get(0);
			logger
				.warn("The DNS names of the service '{}' ({}) in the namespace {}{} are in the zone '{}' of the namespace "
						+ "{}. DNS lookups do not find all instances of the service; lookups through the API do. Rename the "
						+ "service or the namespace.", first.name(), first.id(), first.namespaceId(),
						(hidden.size() > 1) ? " and of %d more services".formatted(hidden.size() - 1) : "",
						namespace.name(), namespace.id());
		}
	}

	/**
	 * Returns whether a zone contains the name of a service, or of an instance, of a
	 * parent namespace.
	 */
	private static boolean isHidden(RegistrySnapshot snapshot, String zone, ServiceState state) {
		Service service = state.service();
		Namespace namespace = snapshot.findNamespace(service.namespaceId());
		if (namespace == null || service.dns() == null || !isBelow(zone, suffix(namespace.name()))) {
			return false;
		}
		String name = suffix(service.name()) + suffix(namespace.name());
		return name.endsWith(zone) || (service.hasRecords(RecordType.SRV) && isBelow(zone, name)
				&& state.instances().keySet().stream().anyMatch((id) -> (suffix(id) + name).endsWith(zone)));
	}

	private static boolean isBelow(String zone, String above) {
		return zone.length() > above.length() && zone.endsWith(above);
	}

	/** Returns the suffix of all names below a name. */
	private static String suffix(String name) {
		return "." + name.toLowerCase(Locale.ROOT);
	}

}
