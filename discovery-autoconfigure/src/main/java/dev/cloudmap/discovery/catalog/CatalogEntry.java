package dev.cloudmap.discovery.catalog;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.InstanceSet;

/**
 * What is known of one service at one moment. Immutable: a change makes a new entry.
 *
 * @param set what the last look-up that counts found; never null
 * @param serviceInstances the same in Spring Cloud's words, and in the same order; never
 * null, immutable
 * @param confirmed when a look-up last found just this; never null
 * @param doubtedSince since when look-ups find nothing where there was something; null if
 * they don't
 */
public record CatalogEntry(InstanceSet set, List<ServiceInstance> serviceInstances, Instant confirmed,
		@Nullable Instant doubtedSince) {

	static CatalogEntry of(InstanceSet set, Instant now) {
		List<ServiceInstance> serviceInstances = set.instances()
			.stream()
			.<ServiceInstance>map(CatalogServiceInstance::new)
			.toList();
		return new CatalogEntry(set, serviceInstances, now, null);
	}

	/**
	 * The same members, found again.
	 */
	CatalogEntry confirmed(InstanceSet again, Instant now) {
		return new CatalogEntry(again, this.serviceInstances, now, null);
	}

	/**
	 * The same members, though the last look-up found none. A clock that was set back
	 * does not prolong the doubt.
	 */
	CatalogEntry doubted(Instant now) {
		return (this.doubtedSince != null && !this.doubtedSince.isAfter(now)) ? this
				: new CatalogEntry(this.set, this.serviceInstances, this.confirmed, now);
	}

}
