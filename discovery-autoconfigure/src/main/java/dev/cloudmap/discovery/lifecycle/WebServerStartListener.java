package dev.cloudmap.discovery.lifecycle;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.ServingContext;

/**
 * Registers the application when its web server listens, if that is configured. The
 * management server has a namespace.
 */
public final class WebServerStartListener implements ApplicationListener<WebServerInitializedEvent> {

	private final RegistrationMoment moment;

	private final ServingContext serving;

	private final Supplier<@Nullable DiscoveryAutoServiceRegistration> registration;

	/**
	 * Creates the listener.
	 * @param moment when to register
	 * @param serving the context whose web server is registered
	 * @param registration returns what registers, or null
	 */
	public WebServerStartListener(RegistrationMoment moment, ServingContext serving,
			Supplier<@Nullable DiscoveryAutoServiceRegistration> registration) {
		this.moment = moment;
		this.serving = serving;
		this.registration = registration;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (this.moment != RegistrationMoment.WEB_SERVER || event.getApplicationContext().getServerNamespace() != null
				|| event.getApplicationContext() != this.serving.get()) {
			return;
		}
		DiscoveryAutoServiceRegistration registration = this.registration.get();
		if (registration != null) {
			registration.begin();
		}
	}

}
