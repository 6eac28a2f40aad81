package dev.cloudmap.discovery.registration.instance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.UrlHost;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.ResolvedHost;
import dev.cloudmap.discovery.registry.InstanceId;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

/**
 * Creates the instance that is registered for this application.
 *
 * @param settings the user's settings
 * @param port the application's port
 * @param hosts finds the address
 * @param customizers returns what sets the attributes, in order
 * @param platform the platform that runs the application; null if unknown
 */
public record InstanceRegistrationFactory(RegistrationSettings settings, ServerPort port, HostChain hosts,
		Supplier<List<RegistrationCustomizer>> customizers, @Nullable HostingPlatform platform) {

	private static final Logger logger = LoggerFactory.getLogger(InstanceRegistrationFactory.class);

	/**
	 * The service that this application is an instance of.
	 * @throws NothingToRegisterException if it has no name
	 */
	public ServiceName service() {
		ServiceName service = this.settings.service().get();
		if (service == null) {
			throw NothingToRegisterException.noName();
		}
		return service;
	}

	/**
	 * Whether there is a name to register.
	 */
	public boolean hasName() {
		return this.settings.service().get() != null;
	}

	/**
	 * Checks that there is a name and a port to register.
	 * @throws NothingToRegisterException if one is missing
	 */
	public void requireNameAndPort() {
		service();
		this.port.registered(IntUnaryOperator.identity());
	}

	/**
	 * Creates the instance.
	 * @param last customizes the attributes after all others
	 * @return the instance and how its address was found
	 * @throws DiscoveryException if the port or the address is not known, or the registry
	 * would refuse the attributes
	 */
	public Result create(RegistrationCustomizer last) {
		ServiceName service = service();
		if (this.platform != null) {
			this.platform.forget();
		}
		OptionalInt port = this.port
			.registered((listening) -> (this.platform != null) ? this.platform.publishedPort(listening) : listening);
		ResolvedHost host = this.hosts.resolve();
		String id = instanceId(host.addresses().get(0), port);
		InstanceRegistration instance = checked(new InstanceRegistration(service, id, host.addresses(), port,
				attributes(last), this.settings.definition()));
		logger.info("This application is {} of {} at {}, {}. Its address is from {}", id, service,
				String.join(" and ", host.addresses()), port.isPresent() ? "port " + port.getAsInt() : "without a port",
				host.describe());
		warnUnlessCalledByName(service);
		warnUnlessResolvable(instance);
		return new Result(instance, host);
	}

	private static void warnUnlessCalledByName(ServiceName service) {
		String id = Namespaces.of(service.namespace()).serviceId(service.name());
		if (id != null && !UrlHost.isValid(id)) {
			logger.warn("No URL can call service {}: java.net.URI does not accept '{}' as a host. In its callers: {}",
					service.name(), id, UrlHost.alias(id));
		}
		else if (id != null && !id.equals(service.name())) {
			logger.warn("Service {} is called by its full name, http://{}/, since http://{}/ is another service",
					service.name(), id, service.name());
		}
	}

	private static void warnUnlessResolvable(InstanceRegistration instance) {
		String problem = instance.definition().recordTypes().contains(RecordType.SRV)
				? InstanceId.unresolvable(instance.instanceId()) : null;
		if (problem != null) {
			logger.warn("{}. Set discovery.registration.instance-id; DNS names it in the SRV records of {}", problem,
					instance.service());
		}
	}

	/**
	 * Creates the instance again with current attributes; address, port and id stay.
	 * @param before the instance so far
	 * @param last customizes the attributes after all others
	 * @throws DiscoveryException if the registry would refuse the attributes
	 */
	public InstanceRegistration refresh(InstanceRegistration before, RegistrationCustomizer last) {
		return checked(before.with(attributes(last)));
	}

	private static InstanceRegistration checked(InstanceRegistration instance) {
		AttributeLimits.check("a RegistrationCustomizer", instance.attributes());
		AttributeLimits.checkSum(instance.allAttributes());
		return instance;
	}

	private String instanceId(String address, OptionalInt port) {
		if (this.settings.instanceId() != null) {
			return this.settings.instanceId();
		}
		String task = (this.platform != null) ? this.platform.taskId() : null;
		if (task != null) {
			return task;
		}
		// one DNS label, since it is part of the SRV record's target
		return address.replace('.', '-').replace(':', '-') + (port.isPresent() ? "-" + port.getAsInt() : "");
	}

	private Map<String, String> attributes(RegistrationCustomizer last) {
		Map<String, String> attributes = new LinkedHashMap<>();
		// also for AWS, which ignores it: the registry may not be known yet
		attributes.put(InstanceAttributes.LEASE, Long.toString(this.settings.lease().toSeconds()));
		this.customizers.get().forEach((customizer) -> customizer.customize(attributes));
		last.customize(attributes);
		return attributes;
	}

	/**
	 * The instance to register.
	 *
	 * @param instance the instance
	 * @param host how its address was found
	 */
	public record Result(InstanceRegistration instance, ResolvedHost host) {
	}

}
