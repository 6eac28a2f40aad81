package dev.cloudmap.discovery.actuate.endpoint;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import dev.cloudmap.discovery.actuate.endpoint.AttributeSanitizer.Values;
import dev.cloudmap.discovery.actuate.endpoint.RegistrationDescriptor.AddressDescriptor;
import dev.cloudmap.discovery.actuate.endpoint.RegistrationDescriptor.DrainDescriptor;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.GracefulDeregistration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Describes the registration of this application from memory, and changes it.
 */
final class RegistrationReport {

	private final RegistrationReconciler reconciler;

	private final DiscoveryRegistration registration;

	private final DiscoveryServiceRegistry registry;

	private final @Nullable GracefulDeregistration deregistration;

	private final AttributeSanitizer sanitizer;

	private final Timer timer;

	private volatile @Nullable DrainDescriptor drain;

	RegistrationReport(RegistrationReconciler reconciler, DiscoveryRegistration registration,
			DiscoveryServiceRegistry registry, @Nullable GracefulDeregistration deregistration,
			AttributeSanitizer sanitizer, Timer timer) {
		this.reconciler = reconciler;
		this.registration = registration;
		this.registry = registry;
		this.deregistration = deregistration;
		this.sanitizer = sanitizer;
		this.timer = timer;
	}

	/**
	 * Whether the registry holds this application.
	 */
	boolean isHeld() {
		return this.reconciler.state().isHeld();
	}

	RegistrationDescriptor describe(Values values) {
		RegistrationState state = this.reconciler.state();
		InstanceRegistration instance = state.instance();
		return RegistrationDescriptor.of(state, (instance != null) ? address(instance) : null,
				(instance != null) ? this.sanitizer.sanitize(instance.allAttributes(), values) : null, this.drain,
				this.reconciler.history().transitions());
	}

	private AddressDescriptor address(InstanceRegistration instance) {
		List<String> resolution = this.registration.resolution();
		int last = resolution.size() - 1;
		return new AddressDescriptor(instance.addresses(),
				instance.port().isPresent() ? instance.port().getAsInt() : null,
				(last >= 0) ? resolution.get(last) : null, (last > 0) ? resolution.subList(0, last) : List.of());
	}

	/**
	 * Registers this application and waits for the first attempt.
	 */
	String register() {
		this.registry.register(this.registration);
		return "This application is registered";
	}

	/**
	 * Deregisters this application and waits until the registry has done so.
	 */
	String deregister() {
		this.registry.deregister(this.registration);
		return "This application is deregistered and continues to serve";
	}

	/**
	 * Deregisters this application. The end of the drain is part of the description.
	 */
	String drain() {
		if (this.deregistration == null) {
			throw new InvalidEndpointRequestException("There is no drain without automatic registration",
					"Use the action 'deregister'");
		}
		Instant begun = this.timer.now();
		this.drain = new DrainDescriptor(begun, null);
		var unused = this.deregistration.drainCallers()
			.thenRun(() -> this.drain = new DrainDescriptor(begun, this.timer.now()));
		return "This application is being deregistered. It may be stopped when 'registration.drain.ended' is set";
	}

}
