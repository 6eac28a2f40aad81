package dev.cloudmap.discovery.client;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Spring Cloud's blocking client. It answers from the catalog, and waits only for the
 * first lookup of a service. An unavailable registry does not keep Spring Cloud's
 * composite client from asking other clients, nor makes its health indicator
 * {@code DOWN}.
 */
public final class CatalogDiscoveryClient implements DiscoveryClient {

	private static final Logger logger = LoggerFactory.getLogger(CatalogDiscoveryClient.class);

	static final String DESCRIPTION = "Cloud Map discovery client";

	private final InstanceCatalog catalog;

	private final ServiceList services;

	private final OtherDiscoveryClients others;

	/**
	 * Creates the client.
	 * @param catalog knows the instances
	 * @param services knows the services
	 * @param others the application's other discovery clients
	 */
	public CatalogDiscoveryClient(InstanceCatalog catalog, ServiceList services, OtherDiscoveryClients others) {
		this.catalog = catalog;
		this.services = services;
		this.others = others;
	}

	@Override
	public String description() {
		return DESCRIPTION;
	}

	/**
	 * The instances of a service.
	 * @param serviceId the service, with or without the namespace
	 * @return the instances, empty if there are none; empty also if nothing is known of
	 * the service and it can't be looked up, where the application has other discovery
	 * clients that may know it
	 * @throws DiscoveryException if nothing is known of the service, it can't be looked
	 * up, and there are no other clients
	 */
	@Override
	public List<ServiceInstance> getInstances(String serviceId) {
		try {
			WatchedService service = this.catalog.service(serviceId);
			List<ServiceInstance> known = service.known();
			if (known != null) {
				return known;
			}
			// other clients may know the service: the next lookup is not waited for
			return (service.failure() != null && this.others.exist()) ? List.of() : Futures.join(service.instances());
		}
		catch (DiscoveryException ex) {
			if (this.others.exist()) {
				logger.debug("Service {} is left to the other discovery clients", serviceId, ex);
				return List.of();
			}
			throw ex;
		}
	}

	/**
	 * The services that have instances. Answers from memory once the first list has come.
	 * @return the names without the namespace; empty if the services could never be
	 * listed, of which the log tells the reason
	 */
	@Override
	public List<String> getServices() {
		try {
			return this.catalog.serviceIds(Futures.join(this.services.names()));
		}
		catch (DiscoveryException ex) {
			return List.of();
		}
	}

	/**
	 * Does nothing: this client works from memory, and its health is told by its own
	 * indicator.
	 */
	@Override
	public void probe() {
	}

}
