package dev.cloudmap.discovery.lifecycle;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Deregisters this application when a child context that has its web server is closed,
 * before that web server stops. The lifecycle of the context that has the registration
 * goes on then.
 */
public final class WebContextCloseListener implements ApplicationListener<ContextClosedEvent> {

	private final ServingContext serving;

	private final Supplier<@Nullable DiscoveryAutoServiceRegistration> registration;

	/**
	 * Creates the listener.
	 * @param serving the context that has the web server
	 * @param registration deregisters; gives null if nothing does
	 */
	public WebContextCloseListener(ServingContext serving,
			Supplier<@Nullable DiscoveryAutoServiceRegistration> registration) {
		this.serving = serving;
		this.registration = registration;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (!this.serving.isServingChild(event.getApplicationContext())) {
			return;
		}
		DiscoveryAutoServiceRegistration registration = this.registration.get();
		if (registration != null) {
			registration.leave();
		}
		this.serving.release();
	}

}
