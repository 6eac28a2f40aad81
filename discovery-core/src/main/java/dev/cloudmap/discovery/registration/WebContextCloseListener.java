package dev.cloudmap.discovery.registration;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Deregisters this application when the child context that has its web server is closed,
 * before the web server stops. The context that has the registration keeps running.
 */
public final class WebContextCloseListener implements ApplicationListener<ContextClosedEvent> {

	private final ServingContext serving;

	private final Supplier<@Nullable DiscoveryAutoServiceRegistration> registration;

	/**
	 * Creates the listener.
	 * @param serving the context that has the web server
	 * @param registration returns what deregisters, or null
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
