package dev.cloudmap.discovery.catalog.attribute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Looks up the attributes of instances that DNS lookups return. Thread-safe.
 */
public final class AttributeSource {

	private static final Logger logger = LoggerFactory.getLogger(AttributeSource.class);

	private final InstanceSource api;

	private final Function<ServiceName, AttributeNeed> need;

	private final AtomicBoolean denialLogged = new AtomicBoolean();

	/**
	 * Creates the source.
	 * @param api looks up all instances of a service with their attributes, regardless of
	 * their health
	 * @param need how much the callers of a service depend on attributes
	 */
	public AttributeSource(InstanceSource api, Function<ServiceName, AttributeNeed> need) {
		this.api = api;
		this.need = need;
	}

	/**
	 * A source without attributes.
	 */
	public static AttributeSource none() {
		return new AttributeSource((service) -> new CompletableFuture<>(), (service) -> AttributeNeed.NONE);
	}

	/**
	 * Returns whether calls of a service use the attributes of its instances.
	 */
	public AttributeNeed need(ServiceName service) {
		return this.need.apply(service);
	}

	/**
	 * Looks up all instances of a service. The result contains no health, since DNS omits
	 * unhealthy instances and is more current. A denied request is logged once for all
	 * services.
	 */
	public CompletableFuture<InstanceSet> lookup(ServiceName service) {
		CompletableFuture<InstanceSet> found = CompletableFuture.completedFuture(service)
			.thenCompose(this.api::lookup)
			.thenApply(AttributeSource::withoutHealth);
		return found.whenComplete((set, failure) -> {
			if (failure != null && Futures.cause(failure) instanceof AccessDeniedException denied
					&& this.denialLogged.compareAndSet(false, true)) {
				logger
					.warn("The attributes of instances, such as secure, weight or AVAILABILITY_ZONE, are not available,"
							+ " since only the API provides them: {}. Instances are used without attributes. Services"
							+ " with discovery.load-balancer.subset cannot be called. To use no attributes, set"
							+ " discovery.lookup.metadata=false", denied.getMessage());
			}
		});
	}

	private static InstanceSet withoutHealth(InstanceSet set) {
		return set.with(set.instances()
			.stream()
			.map((instance) -> new Instance(instance.service(), instance.id(), instance.host(), instance.port(),
					HealthStatus.UNKNOWN, instance.attributes()))
			.toList());
	}

}
