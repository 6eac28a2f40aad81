package dev.cloudmap.registry.dns.zone;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * Warns, once for each service, of instance ids whose DNS names common resolvers reject
 * although the API accepts the ids.
 */
public final class UnresolvableIdWarning implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(UnresolvableIdWarning.class);

	/** Host names that resolvers accept. */
	private static final Pattern RESOLVABLE = Pattern
		.compile("[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?(\\.[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?)*");

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	private UnresolvableIdWarning() {
	}

	/**
	 * Warns of the current ids and later ones.
	 * @param view the content that lookups see
	 */
	public static void report(LookupView view) {
		UnresolvableIdWarning ids = new UnresolvableIdWarning();
		view.addListener(ids);
		RegistrySnapshot snapshot = view.snapshot();
		for (ServiceState state : snapshot.services()) {
			state.instances().values().forEach((instance) -> ids.check(snapshot, instance.key()));
		}
	}

	@Override
	public void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.InstanceRegistered registered) {
				check(snapshot, registered.instance().key());
			}
			else if (change instanceof Change.ServiceDeleted deleted) {
				this.warned.remove(deleted.service().id());
			}
		}
	}

	private void check(RegistrySnapshot snapshot, InstanceReference key) {
		if (isResolvable(key.instanceId())) {
			return;
		}
		ServiceState state = snapshot.findService(key.serviceId());
		if (state != null && state.service().hasRecords(RecordType.SRV) && this.warned.add(key.serviceId())) {
			String service = state.service().name();
			logger.warn("The SRV records of the service '{}' ({}) contain the instance id '{}', which is not a host "
					+ "name. The resolvers of glibc, Java, Go and Node.js reject such names, some of them with all "
					+ "other records of the response. Use labels of letters, digits, '-' and '_', separated by dots, "
					+ "without '-' at the beginning or end of a label. Further ids of this service are not reported."
					+ "", service, key.serviceId(), key.instanceId());
		}
	}

	/**
	 * Returns whether common resolvers accept the name of an instance.
	 */
	static boolean isResolvable(String instanceId) {
		return RESOLVABLE.matcher(instanceId).matches();
	}

}
