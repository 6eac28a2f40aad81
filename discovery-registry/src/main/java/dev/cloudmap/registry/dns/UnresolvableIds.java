package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.Change;
import dev.cloudmap.registry.state.ChangeListener;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.RecordType;
import dev.cloudmap.registry.state.ServiceState;
import dev.cloudmap.registry.state.Snapshot;

/**
 * Warns, once for each service, of instance ids whose DNS names common resolvers do not
 * look up although the API accepts the ids.
 */
final class UnresolvableIds implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(UnresolvableIds.class);

	/** Host names as resolvers take them, one label or several. */
	private static final Pattern RESOLVABLE = Pattern
		.compile("[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?(\\.[0-9a-zA-Z_]([0-9a-zA-Z_-]*[0-9a-zA-Z_])?)*");

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	private UnresolvableIds() {
	}

	/**
	 * Warns of ids that there are and of those that come.
	 */
	static void report(Propagation propagation) {
		UnresolvableIds ids = new UnresolvableIds();
		propagation.addListener(ids);
		Snapshot snapshot = propagation.snapshot();
		for (ServiceState state : snapshot.services()) {
			state.instances().values().forEach((instance) -> ids.check(snapshot, instance.key()));
		}
	}

	@Override
	public void changed(Snapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.InstanceRegistered registered) {
				check(snapshot, registered.instance().key());
			}
			else if (change instanceof Change.ServiceDeleted deleted) {
				this.warned.remove(deleted.service().id());
			}
		}
	}

	private void check(Snapshot snapshot, InstanceKey key) {
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
