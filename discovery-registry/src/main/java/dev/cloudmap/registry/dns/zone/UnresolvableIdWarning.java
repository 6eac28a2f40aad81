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
 * Warns, once for each service, of instance ids whose DNS names common resolvers do not
 * look up although the API accepts the ids.
 */
public final class UnresolvableIdWarning implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(UnresolvableIdWarning.class);

	/** Host names as resolvers take them, one label or several. */
	private static final Pattern RESOLVABLE = Pattern
		.compile("[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?(\\.[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?)*");

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	private UnresolvableIdWarning() {
	}

	/**
	 * Warns of ids that there are and of those that come.
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
			logger.warn("The SRV records of the service '{}' ({}) name an instance by its id '{}', which is no host "
					+ "name. The resolvers of glibc, Java, Go and Node.js refuse such names, some of them together "
					+ "with the other records of the answer. Write letters, digits, '-' and '_' in an instance id, dots "
					+ "between such labels, and no '-' at the beginning or the end of a label. Further ids of this "
					+ "service are not reported.", service, key.serviceId(), key.instanceId());
		}
	}

	/**
	 * Returns whether common resolvers look up the name of an instance with an id.
	 */
	static boolean isResolvable(String instanceId) {
		return RESOLVABLE.matcher(instanceId).matches();
	}

}
