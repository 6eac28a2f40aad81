package dev.cloudmap.discovery.registration;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

import dev.cloudmap.discovery.registration.reconcile.RegistrationState;

/**
 * Publishes Spring Cloud's events of the registration and calls
 * {@link RegistrationLifecycle} beans. One that fails stops neither the others nor the
 * registration.
 */
public final class RegistrationEvents {

	private static final Logger logger = LoggerFactory.getLogger(RegistrationEvents.class);

	private final ApplicationEventPublisher publisher;

	private final Supplier<List<RegistrationLifecycle<DiscoveryRegistration>>> lifecycles;

	private final DiscoveryRegistration registration;

	private final Executor listeners;

	private final AtomicBoolean announced = new AtomicBoolean();

	/**
	 * Creates the events.
	 * @param publisher publishes them
	 * @param lifecycles returns the beans to call, in order
	 * @param registration the registration
	 * @param listeners publishes what has happened: a listener that blocks must not delay
	 * the renewal of the lease
	 */
	public RegistrationEvents(ApplicationEventPublisher publisher,
			Supplier<List<RegistrationLifecycle<DiscoveryRegistration>>> lifecycles, DiscoveryRegistration registration,
			Executor listeners) {
		this.publisher = publisher;
		this.lifecycles = lifecycles;
		this.registration = registration;
		this.listeners = listeners;
	}

	void beforeRegistration() {
		this.announced.set(false);
		publish(new InstancePreRegisteredEvent(this, this.registration));
		call((lifecycle) -> lifecycle.postProcessBeforeStartRegister(this.registration));
	}

	/**
	 * Called each time the state has changed. The events that follow a registration are
	 * published for the first one only.
	 */
	public void changed(RegistrationState state) {
		publishLater(new RegistrationStateEvent(this, state));
		if (state.isHeld() && this.announced.compareAndSet(false, true)) {
			call((lifecycle) -> lifecycle.postProcessAfterStartRegister(this.registration));
			publishLater(new InstanceRegisteredEvent<>(this, this.registration));
		}
	}

	void beforeDeregistration() {
		call((lifecycle) -> lifecycle.postProcessBeforeStopRegister(this.registration));
	}

	void afterDeregistration() {
		call((lifecycle) -> lifecycle.postProcessAfterStopRegister(this.registration));
	}

	private void publishLater(ApplicationEvent event) {
		try {
			this.listeners.execute(() -> publish(event));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("{} is not published: the application has stopped", event.getClass().getSimpleName());
		}
	}

	private void publish(ApplicationEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener failed on {}", event.getClass().getSimpleName(), ex);
		}
	}

	private void call(Consumer<RegistrationLifecycle<DiscoveryRegistration>> call) {
		for (RegistrationLifecycle<DiscoveryRegistration> lifecycle : lifecycles()) {
			try {
				call.accept(lifecycle);
			}
			catch (RuntimeException | Error ex) {
				logger.warn("{} failed", lifecycle.getClass().getName(), ex);
			}
		}
	}

	private List<RegistrationLifecycle<DiscoveryRegistration>> lifecycles() {
		try {
			return this.lifecycles.get();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("RegistrationLifecycle beans are not called: they could not be created", ex);
			return List.of();
		}
	}

}
