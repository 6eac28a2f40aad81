package dev.cloudmap.discovery.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * The zone that this application is in: as Spring Cloud LoadBalancer is told, else as the
 * application is registered, which is known a while after its start. Asks nobody.
 */
final class OwnZone implements Supplier<@Nullable String> {

	private final @Nullable RegistrationActor registration;

	private volatile @Nullable String known;

	/**
	 * Creates it.
	 * @param configured what Spring Cloud LoadBalancer is told; null or blank if nothing
	 * @param registration this application's registration; null if it is switched off
	 */
	OwnZone(@Nullable String configured, @Nullable RegistrationActor registration) {
		this.known = StringUtils.hasText(configured) ? configured.trim() : null;
		this.registration = registration;
	}

	@Override
	public @Nullable String get() {
		String zone = this.known;
		if (zone != null || this.registration == null) {
			return zone;
		}
		InstanceRegistration instance = this.registration.state().instance();
		zone = (instance != null) ? instance.attributes().get(InstanceAttributes.AVAILABILITY_ZONE) : null;
		this.known = zone;
		return zone;
	}

}
