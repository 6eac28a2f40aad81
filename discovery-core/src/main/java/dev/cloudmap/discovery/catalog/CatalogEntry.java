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

	private final Doubt doubt;

	private CatalogEntry(InstanceSet set, List<ServiceInstance> serviceInstances, Instant confirmed, Doubt doubt) {
		this.set = set;
		this.serviceInstances = serviceInstances;
		this.confirmed = confirmed;
		this.doubt = doubt;
	}

	/**
	 * What nothing is known before.
	 */
	static CatalogEntry of(InstanceSet set, Instant confirmed) {
		return new CatalogEntry(set, serviceInstances(set), confirmed, Doubt.NONE);
	}

	/**
	 * What is known after a further look-up. The list is the same where its members are.
	 */
	CatalogEntry next(InstanceSet found, Instant now) {
		InstanceSet whole = found.completedBy(this.set);
		Doubt doubt = this.doubt.next(this.set.instances(), whole.instances(), now);
		InstanceSet shown = doubt.shown(whole);
		boolean same = this.set.instances().equals(shown.instances());
		return new CatalogEntry(shown, same ? this.serviceInstances : serviceInstances(shown), now, doubt);
	}

	/**
	 * What is known after a look-up that failed.
	 */
	CatalogEntry afterFailure() {
		return new CatalogEntry(this.set, this.serviceInstances, this.confirmed, this.doubt.afterFailure());
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
		return this.doubt.held().keySet();
	}

	Doubt doubt() {
		return this.doubt;
	}

}
