package dev.cloudmap.discovery.registration;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * Whether this application is registered, and as what.
 *
 * @param phase where it stands; never null
 * @param since since when; never null
 * @param instance what is, was or is to be registered; null before that is known
 * @param reason why it stands there, where that is not plain; null otherwise
 * @param problem what the registry, or we, last had to object; null if nothing
 */
public record RegistrationState(Phase phase, Instant since, @Nullable InstanceRegistration instance,
		@Nullable String reason, @Nullable String problem) {

	/**
	 * Whether the registry holds the instance, as far as we know.
	 */
	public boolean isHeld() {
		return this.phase == Phase.REGISTERED || this.phase == Phase.OUT_OF_SERVICE;
	}

	/**
	 * Whether the application is to be registered, whatever has become of that.
	 */
	public boolean isWanted() {
		return this.phase != Phase.WAITING && this.phase != Phase.DEREGISTERED;
	}

	/**
	 * Where a registration stands.
	 */
	public enum Phase {

		/** The application is not ready yet, or has nothing to register. */
		WAITING,

		/** It is ready, and the registry is being told. */
		REGISTERING,

		/** The registry could not be told, which is tried again. */
		FAILED,

		/** The registry holds it, and says that it is healthy. */
		REGISTERED,

		/** The registry holds it, and says that it is not healthy. */
		OUT_OF_SERVICE,

		/** It was not healthy and has been taken out until it is. */
		WITHDRAWN,

		/** It has been taken out for good. */
		DEREGISTERED

	}

}
