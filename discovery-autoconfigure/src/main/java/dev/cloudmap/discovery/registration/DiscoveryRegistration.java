package dev.cloudmap.discovery.registration;

import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.serviceregistry.Registration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * This application as Spring Cloud sees it registered. Address, port and id are decided
 * once, when they are first asked for; before the web server listens they can't be, and
 * asking fails with {@link DiscoveryException}, as does asking an application without a
 * name for its service.
 */
public final class DiscoveryRegistration implements Registration {

	/** What {@link #getPort()} answers where there is none: Spring Cloud takes it so. */
	private static final int NO_PORT = -1;

	private final InstanceRegistrationFactory factory;

	private volatile @Nullable InstanceRegistration instance;

	public DiscoveryRegistration(InstanceRegistrationFactory factory) {
		this.factory = factory;
	}

	/**
	 * What is registered.
	 */
	InstanceRegistration instance() {
		InstanceRegistration decided = this.instance;
		if (decided == null) {
			synchronized (this) {
				decided = this.instance;
				if (decided == null) {
					decided = this.factory.create();
					this.instance = decided;
				}
			}
		}
		return decided;
	}

	/**
	 * Decides anew when next asked: the web server may listen on another port by then.
	 */
	void reset() {
		this.instance = null;
	}

	@Override
	public String getServiceId() {
		return this.factory.service().name();
	}

	@Override
	public String getInstanceId() {
		return instance().instanceId();
	}

	@Override
	public String getHost() {
		return instance().isIpv6() ? "[" + instance().address() + "]" : instance().address();
	}

	@Override
	public int getPort() {
		return instance().port().orElse(NO_PORT);
	}

	@Override
	public boolean isSecure() {
		return Boolean.parseBoolean(instance().attributes().get(InstanceAttributes.SECURE));
	}

	@Override
	public URI getUri() {
		return ServiceInstance.createUri(this);
	}

	@Override
	public Map<String, String> getMetadata() {
		return instance().attributes();
	}

}
