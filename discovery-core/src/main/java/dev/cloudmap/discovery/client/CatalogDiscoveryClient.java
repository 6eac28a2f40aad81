package dev.cloudmap.discovery.client;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Spring Cloud's blocking discovery client. It reads the catalog and waits only for the
 * first lookup of a service. If the registry is unavailable, Spring Cloud's composite
 * client still uses other clients, and its health indicator is not {@code DOWN}.
 * Thread-safe.
 */
public final class CatalogDiscoveryClient implements DiscoveryClient {

	private static final Logger logger = LoggerFactory.getLogger(CatalogDiscoveryClient.class);

	static final String DESCRIPTION = "Cloud Map discovery client";

	private final InstanceCatalog catalog;

	private final NamespaceServices services;

	private final OtherDiscoveryClients others;

	/**
	 * Creates the client.
	 * @param catalog the instances
	 * @param services the services of the namespaces
	 * @param others the application's other discovery clients
	 */
	public CatalogDiscoveryClient(InstanceCatalog catalog, NamespaceServices services, OtherDiscoveryClients others) {
		this.catalog = catalog;
		this.services = services;
		this.others = others;
	}

	@Override
	public String description() {
		return DESCRIPTION;
	}

	/**
	 * Returns the instances of a service.
	 * @param serviceId the service, with or without the namespace
	 * @return the instances; empty also if no list is known and the lookup failed,
	 * provided that the application has other discovery clients
	 * @throws DiscoveryException if no list is known, the lookup failed and there are no
	 * other clients
	 */
	@Override
	public List<ServiceInstance> getInstances(String serviceId) {
		try {
			WatchedService service = this.catalog.service(serviceId);
			List<ServiceInstance> known = service.known();
			if (known != null) {
				return known;
			}
			// other clients may have the service: do not wait for the next lookup
			return (service.failure() != null && this.others.exist()) ? List.of() : Futures.join(service.instances());
		}
		catch (DiscoveryException ex) {
			if (this.others.exist()) {
				logger.debug("Service {} could not be looked up: other discovery clients are used", serviceId, ex);
				return List.of();
			}
			throw ex;
		}
	}

	/**
	 * Returns the services of all configured namespaces that have instances, from memory
	 * after the first fetch.
	 * @return the names, with the namespace unless it is the application's own; empty if
	 * no fetch has succeeded, in which case the reason is logged
	 */
	@Override
	public List<String> getServices() {
		try {
			return Futures.join(this.services.ids());
		}
		catch (DiscoveryException ex) {
			return List.of();
		}
	}

	/**
	 * Does nothing: this client reads memory, and it has its own health indicator.
	 */
	@Override
	public void probe() {
	}

	@Override
	public int getOrder() {
		return this.others.ownOrder();
	}

}
