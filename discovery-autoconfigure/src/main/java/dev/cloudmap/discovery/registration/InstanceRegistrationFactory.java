package dev.cloudmap.discovery.registration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.HostResolver.ResolvedHost;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * Decides as what this application is registered.
 */
public final class InstanceRegistrationFactory {

	private static final Logger logger = LoggerFactory.getLogger(InstanceRegistrationFactory.class);

	private final RegistrationSettings settings;

	private final ServerPort port;

	private final HostResolver hostResolver;

	private final List<RegistrationCustomizer> customizers;

	private final @Nullable EcsMetadata ecs;

	/**
	 * Creates the factory.
	 * @param settings what the user has decided; not null
	 * @param port the application's port; not null
	 * @param hostResolvers whom to ask for the address, in order; not null
	 * @param customizers change the attributes; not null
	 * @param ecs tells of the ECS task that the application runs in; null outside ECS
	 */
	public InstanceRegistrationFactory(RegistrationSettings settings, ServerPort port, List<HostResolver> hostResolvers,
			List<RegistrationCustomizer> customizers, @Nullable EcsMetadata ecs) {
		this.settings = settings;
		this.port = port;
		this.hostResolver = HostResolver.firstOf(hostResolvers);
		this.customizers = List.copyOf(customizers);
		this.ecs = ecs;
	}

	/**
	 * The service that this application is an instance of.
	 * @throws NothingToRegisterException if it has no name
	 */
	ServiceName service() {
		ServiceName service = this.settings.service();
		if (service == null) {
			throw NothingToRegisterException.noName();
		}
		return service;
	}

	/**
	 * Makes the registration.
	 * @return the registration, never null
	 * @throws DiscoveryException if the port or the address is not known
	 */
	InstanceRegistration create() {
		ServiceName service = service();
		int port = this.port.get().orElseThrow(NothingToRegisterException::noPort);
		ResolvedHost host = this.hostResolver.resolve();
		if (host == null) {
			throw new DiscoveryException("No address to register was found",
					"Set discovery.registration.host to the one at which others reach this application", null);
		}
		String id = instanceId(host.address(), port);
		logger.info("This application is {} of {} at {}:{} ({})", id, service, host.address(), port, host.reason());
		return new InstanceRegistration(service, id, host.address(), port, attributes(), this.settings.definition());
	}

	private String instanceId(String address, int port) {
		if (this.settings.instanceId() != null) {
			return this.settings.instanceId();
		}
		if (this.ecs != null) {
			return this.ecs.task().id();
		}
		// one DNS label, since it becomes part of the SRV record's target
		return address.replace('.', '-').replace(':', '-') + "-" + port;
	}

	private Map<String, String> attributes() {
		Map<String, String> attributes = new LinkedHashMap<>(this.settings.metadata());
		// which registry it is may not be known yet; AWS takes it for any other attribute
		attributes.put(InstanceAttributes.LEASE, Long.toString(this.settings.lease().toSeconds()));
		this.customizers.forEach((customizer) -> customizer.customize(attributes));
		return attributes;
	}

}
