package dev.cloudmap.discovery.lifecycle;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;

import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;

/**
 * Registers this application when it first accepts traffic. While it refuses traffic or
 * is broken, it is unhealthy. With each {@link AvailabilityChangeEvent} that reaches this
 * context, whatever its source, the context's {@link ApplicationAvailability} is read;
 * except where the source is a context whose web server is not registered.
 */
public final class AvailabilityListener implements ApplicationListener<AvailabilityChangeEvent<?>> {

	private static final Logger logger = LoggerFactory.getLogger(AvailabilityListener.class);

	private final ApplicationAvailability availability;

	private final ApplicationHealth health;

	private final ServingContext serving;

	private final HostServer server;

	private final DiscoveryAutoServiceRegistration registration;

	/** Whether the last attempt to read the availability has failed. */
	private volatile boolean unreadable;

	/**
	 * Creates the listener.
	 * @param availability the readiness and liveness of the application. It has to
	 * receive an event before this object does, as a bean does that this bean is created
	 * with
	 * @param health receives the readiness and liveness
	 * @param serving the context whose web server is registered
	 * @param server the server that this application is deployed to
	 * @param registration registers this application
	 */
	public AvailabilityListener(ApplicationAvailability availability, ApplicationHealth health, ServingContext serving,
			HostServer server, DiscoveryAutoServiceRegistration registration) {
		this.availability = availability;
		this.health = health;
		this.serving = serving;
		this.server = server;
		this.registration = registration;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<?> event) {
		if (!this.serving.isRefused(event.getSource()) && readAvailability() == ReadinessState.ACCEPTING_TRAFFIC) {
			this.server.whenServing(this::register);
		}
	}

	/**
	 * The readiness may have changed while the server was starting.
	 */
	private void register() {
		if (readAvailability() == ReadinessState.ACCEPTING_TRAFFIC) {
			this.registration.begin();
		}
	}

	/**
	 * Reads the readiness and the liveness of the application. A state that has not been
	 * published yet changes nothing, nor does an {@link ApplicationAvailability} that
	 * throws an exception.
	 * @return the readiness; null if it can't be read, or is that of a context whose web
	 * server is not registered
	 */
	public @Nullable ReadinessState readAvailability() {
		try {
			ReadinessState readiness = read();
			this.unreadable = false;
			return readiness;
		}
		catch (RuntimeException | Error ex) {
			if (!this.unreadable) {
				this.unreadable = true;
				logger.warn("The last known availability of this application is kept: it can't be read", ex);
			}
			return null;
		}
	}

	private @Nullable ReadinessState read() {
		if (isOfRegisteredContext(LivenessState.class)) {
			LivenessState liveness = this.availability.getState(LivenessState.class);
			this.health.liveness((liveness != LivenessState.BROKEN) ? ReportedHealth.HEALTHY
					: ReportedHealth.unhealthy(Origin.LIVENESS, "liveness is " + liveness));
		}
		if (!isOfRegisteredContext(ReadinessState.class)) {
			return null;
		}
		ReadinessState readiness = this.availability.getState(ReadinessState.class);
		this.health.readiness((readiness != ReadinessState.REFUSING_TRAFFIC) ? ReportedHealth.HEALTHY
				: ReportedHealth.unhealthy(Origin.READINESS, "readiness is " + readiness));
		return readiness;
	}

	/**
	 * Whether the last change of a state does not come from a context whose web server is
	 * not registered. If it does, the earlier state stays.
	 */
	private <S extends AvailabilityState> boolean isOfRegisteredContext(Class<S> state) {
		AvailabilityChangeEvent<S> last = this.availability.getLastChangeEvent(state);
		return last == null || !this.serving.isRefused(last.getSource());
	}

}
