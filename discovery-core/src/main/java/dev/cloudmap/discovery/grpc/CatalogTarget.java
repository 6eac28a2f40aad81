package dev.cloudmap.discovery.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * The service of a gRPC target, and its instances as gRPC's addresses. Thread-safe.
 *
 * @param serviceId the id of the service
 * @param catalog the instances
 * @param configs the service configs of the channel
 */
record CatalogTarget(String serviceId, InstanceCatalog catalog, ServiceConfigs configs) {

	/** The attributes for the port of an instance's gRPC server, in order. */
	private static final List<String> PORTS = List.of(InstanceAttributes.GRPC_PORT, "gRPC_port");

	private static final int MAX_PORT = 65_535;

	/** Part of the error that gRPC sets for an empty list. */
	private static final Attributes.Key<String> PROBLEM = Attributes.Key.create("problem");

	private static final Logger logger = LoggerFactory.getLogger(CatalogTarget.class);

	private static final LogLimit REPORTED = new LogLimit();

	/**
	 * The instances, after the first lookup if none has ended.
	 */
	CompletableFuture<List<ServiceInstance>> instances() {
		return this.catalog.service(this.serviceId).instances();
	}

	/**
	 * Triggers a lookup because a connection failed.
	 */
	void suspect() {
		this.catalog.service(this.serviceId).suspect();
	}

	/**
	 * Returns the results for gRPC: one with addresses; without addresses, one that
	 * closes the connections to earlier instances, and the error of calls. May resolve
	 * host names.
	 */
	List<ResolutionResult> results(List<ServiceInstance> instances) {
		List<EquivalentAddressGroup> groups = groups(instances);
		if (groups.isEmpty()) {
			String problem = instances.isEmpty() ? "has no instances"
					: "has " + instances.size() + " instance(s), but their host names cannot be resolved";
			return unavailable("Service " + this.catalog.service(this.serviceId).name() + " " + problem);
		}
		ResolutionResult.Builder result = ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups));
		var config = this.configs.of(this.catalog.service(this.serviceId).name());
		return List.of((config != null) ? result.setServiceConfig(config).build() : result.build());
	}

	private List<ResolutionResult> unavailable(String problem) {
		return List.of(ResolutionResult.newBuilder()
			.setAddressesOrError(StatusOr.fromValue(List.of()))
			.setAttributes(Attributes.newBuilder().set(PROBLEM, problem).build())
			.setServiceConfig(this.configs.withoutInstances())
			.build(), error(Status.UNAVAILABLE.withDescription(problem)));
	}

	/**
	 * The result of a lookup that failed.
	 */
	ResolutionResult failure(Throwable failure) {
		return error(Status.UNAVAILABLE
			.withDescription("Service " + this.serviceId + " could not be looked up: " + failure.getMessage())
			.withCause(failure));
	}

	private static ResolutionResult error(Status status) {
		return ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromStatus(status)).build();
	}

	/** One group for each instance; instances with the same address are one. */
	private static List<EquivalentAddressGroup> groups(List<ServiceInstance> instances) {
		Map<List<SocketAddress>, EquivalentAddressGroup> groups = new LinkedHashMap<>();
		for (ServiceInstance serviceInstance : instances) {
			Instance instance = ((CatalogServiceInstance) serviceInstance).instance();
			List<SocketAddress> addresses = addresses(instance);
			if (!addresses.isEmpty()) {
				groups.putIfAbsent(addresses, new EquivalentAddressGroup(addresses, attributes(instance)));
			}
		}
		return List.copyOf(groups.values());
	}

	private static Attributes attributes(Instance instance) {
		String zone = instance.attributes().get(InstanceAttributes.AVAILABILITY_ZONE);
		return (zone != null) ? Attributes.newBuilder().set(EquivalentAddressGroup.ATTR_LOCALITY_NAME, zone).build()
				: Attributes.EMPTY;
	}

	private static List<SocketAddress> addresses(Instance instance) {
		int port = port(instance);
		InetAddress literal = IpLiteral.find(instance.host());
		if (literal != null) {
			return List.of(new InetSocketAddress(literal, port));
		}
		List<SocketAddress> addresses = new ArrayList<>();
		try {
			for (InetAddress address : InetAddress.getAllByName(instance.host())) {
				addresses.add(new InetSocketAddress(address, port));
			}
		}
		catch (UnknownHostException ex) {
			if (REPORTED.allows(instance.host())) {
				logger.warn("The host name {} of an instance of {} cannot be resolved. gRPC does not call it",
						instance.host(), instance.service());
			}
		}
		return addresses;
	}

	private static int port(Instance instance) {
		for (String attribute : PORTS) {
			String value = instance.attributes().get(attribute);
			if (value != null) {
				int port = value.trim().matches("\\d{1,5}") ? Integer.parseInt(value.trim()) : 0;
				if (port > 0 && port <= MAX_PORT) {
					return port;
				}
				if (REPORTED.allows(instance.service() + attribute + value)) {
					logger.warn(
							"The attribute {} of instance {} of {} is '{}': expected a port from 1 to {}. gRPC calls port {}",
							attribute, instance.id(), instance.service(), value, MAX_PORT, instance.port());
				}
			}
		}
		return instance.port();
	}

}
