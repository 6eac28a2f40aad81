package dev.cloudmap.discovery.loadbalancer;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.ImmediateCatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Evicts a service that has changed from the cache of Spring Cloud LoadBalancer, which is
 * used with another configuration than {@code default}, such as {@code zone-preference}.
 */
public final class CacheEviction implements ImmediateCatalogListener {

	private final Supplier<InstanceCatalog> catalog;

	private final Supplier<@Nullable LoadBalancerCacheManager> caches;

	/**
	 * Creates the listener.
	 * @param catalog the catalog
	 * @param caches supplies Spring Cloud LoadBalancer's caches; null if it has none
	 */
	public CacheEviction(Supplier<InstanceCatalog> catalog, Supplier<@Nullable LoadBalancerCacheManager> caches) {
		this.catalog = catalog;
		this.caches = caches;
	}

	@Override
	public void onChange(InstanceSet set) {
		LoadBalancerCacheManager manager = this.caches.get();
		Cache cache = (manager != null)
				? manager.getCache(CachingServiceInstanceListSupplier.SERVICE_INSTANCE_CACHE_NAME) : null;
		if (cache != null) {
			this.catalog.get().ids(set.service()).forEach(cache::evictIfPresent);
		}
	}

}
