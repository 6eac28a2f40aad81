package dev.cloudmap.discovery.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;

/**
 * What is known of one service at one moment. Immutable: a change makes a new entry.
 */
public final class CatalogEntry {

	private final InstanceSet set;

	private final List<ServiceInstance> serviceInstances;

	private final Instant confirmed;

	private final MassLossGuard guard;

	private CatalogEntry(InstanceSet set, List<ServiceInstance> serviceInstances, Instant confirmed,
			MassLossGuard guard) {
		this.set = set;
		this.serviceInstances = serviceInstances;
		this.confirmed = confirmed;
		this.guard = guard;
	}

	/**
	 * What nothing is known before.
	 */
	static CatalogEntry of(InstanceSet set, Instant confirmed) {
		return new CatalogEntry(set, serviceInstances(set), confirmed, MassLossGuard.NONE);
	}

	/**
	 * What is known after a further look-up. The list is the same where its members are.
	 */
	CatalogEntry next(InstanceSet found, Instant now) {
		InstanceSet whole = found.completedBy(this.set);
		MassLossGuard guard = this.guard.next(this.set.instances(), whole.instances(), now);
		InstanceSet shown = guard.shown(whole);
		boolean same = this.set.instances().equals(shown.instances());
		return new CatalogEntry(shown, same ? this.serviceInstances : serviceInstances(shown), now, guard);
	}

	/**
	 * What is known after a look-up that failed.
	 */
	CatalogEntry afterFailure() {
		return new CatalogEntry(this.set, this.serviceInstances, this.confirmed, this.guard.afterFailure());
	}

	private static List<ServiceInstance> serviceInstances(InstanceSet set) {
		return set.instances().stream().<ServiceInstance>map(CatalogServiceInstance::new).toList();
	}

	/**
	 * What the last look-up found, and what is held; never null.
	 */
	public InstanceSet set() {
		return this.set;
	}

	/**
	 * The same in Spring Cloud's words, and in the same order; never null, immutable.
	 */
	public List<ServiceInstance> serviceInstances() {
		return this.serviceInstances;
	}

	/**
	 * When a look-up last succeeded; never null.
	 */
	public Instant confirmed() {
		return this.confirmed;
	}

	/**
	 * Those in the set that the last look-up did not find, and that are kept until
	 * another one has confirmed it; empty if there are none.
	 */
	public Set<Instance> held() {
		return this.guard.held().keySet();
	}

	MassLossGuard guard() {
		return this.guard;
	}

}
