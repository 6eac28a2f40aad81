package dev.cloudmap.discovery.lifecycle;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.instance.ManagementServer;

/**
 * Receives the port of the application's web server, which has no namespace, and of its
 * management server. Is called before the listener that registers the application.
 *
 * @param management the management server
 * @param serving the context that has the web server
 */
public record WebServerPortListener(ManagementServer management,
		ServingContext serving) implements ApplicationListener<WebServerInitializedEvent>, Ordered {

	private static final String MANAGEMENT = "management";

	private static final Logger logger = LoggerFactory.getLogger(WebServerPortListener.class);

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		String namespace = event.getApplicationContext().getServerNamespace();
		int port = event.getWebServer().getPort();
		if (namespace == null) {
			if (!this.serving.accept(event.getApplicationContext(), port)) {
				logger.warn("The web server at port {} is not registered, since another one of this application is:"
						+ " an application is one instance. Register it as a named port with"
						+ " discovery.registration.ports.<name>={}, or start it in a context without a common"
						+ " auto-configured parent", port, port);
			}
		}
		else if (namespace.equals(MANAGEMENT)) {
			this.management.listening(port);
		}
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
