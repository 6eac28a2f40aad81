package dev.cloudmap.discovery.client;

import java.util.List;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Spring Cloud's blocking client: answers from the catalog, and waits only for the first
 * look-up of a service.
 */
public final class CatalogDiscoveryClient implements DiscoveryClient {

	static final String DESCRIPTION = "Cloud Map discovery client";

	private final InstanceCatalog catalog;

	private final ServiceList services;

	public CatalogDiscoveryClient(InstanceCatalog catalog, ServiceList services) {
		this.catalog = catalog;
		this.services = services;
	}

	@Override
	public String description() {
		return DESCRIPTION;
	}

	/**
	 * The instances of a service.
	 * @param serviceId the service, with or without the namespace
	 * @return the instances, empty if there are none
	 * @throws DiscoveryException if nothing is known of the service and it can't be
	 * looked up
	 */
	@Override
	public List<ServiceInstance> getInstances(String serviceId) {
		WatchedService service = this.catalog.service(serviceId);
		List<ServiceInstance> known = service.known();
		return (known != null) ? known : Futures.join(service.instances());
	}

	@Override
	public List<String> getServices() {
		return this.catalog.serviceIds(Futures.join(this.services.names()));
	}

	/**
	 * Does nothing: this client works from memory, and its health is told by its own
	 * indicator.
	 */
	@Override
	public void probe() {
	}

}
