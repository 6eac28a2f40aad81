package dev.cloudmap.discovery.catalog.entry;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;

/**
 * The instances of one service after a lookup. Immutable.
 *
 * @param set the instances of the last successful lookup and the held ones
 * @param serviceInstances the same instances in the same order as Spring Cloud's type;
 * immutable
 * @param confirmed when a lookup last succeeded, by the wall clock
 * @param guard holds instances that disappeared together
 */
public record CatalogEntry(InstanceSet set, List<ServiceInstance> serviceInstances, Instant confirmed,
		MassLossGuard<Instance> guard) {

	/**
	 * The entry after the first successful lookup.
	 */
	public static CatalogEntry of(InstanceSet set, Instant confirmed) {
		return new CatalogEntry(set, serviceInstances(set), confirmed, MassLossGuard.none());
	}

	/**
	 * The entry after another successful lookup. The list object is reused if the
	 * instances did not change.
	 * @param confirmed the wall-clock time of the lookup
	 * @param now the monotonic time of the lookup
	 */
	public CatalogEntry next(InstanceSet found, Instant confirmed, Instant now) {
		InstanceSet whole = found.completedBy(this.set);
		MassLossGuard<Instance> guard = this.guard.next(Instance::id, this.set.instances(), whole.instances(), now);
		InstanceSet shown = guard.held().isEmpty() ? whole
				: whole.with(Stream.concat(whole.instances().stream(), guard.held().keySet().stream()).toList());
		boolean same = this.set.instances().equals(shown.instances());
		return new CatalogEntry(shown, same ? this.serviceInstances : serviceInstances(shown), confirmed, guard);
	}

	/**
	 * The entry after a failed lookup.
	 */
	public CatalogEntry afterFailure() {
		return new CatalogEntry(this.set, this.serviceInstances, this.confirmed, this.guard.afterFailure());
	}

	private static List<ServiceInstance> serviceInstances(InstanceSet set) {
		return set.instances().stream().<ServiceInstance>map(CatalogServiceInstance::new).toList();
	}

	/**
	 * The instances of the set that the last lookup did not find and that are kept until
	 * a later lookup confirms their loss.
	 */
	public Set<Instance> held() {
		return this.guard.held().keySet();
	}

}
