package dev.cloudmap.discovery.registration;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Notes the ports of the application's web server, which has no namespace, and of its
 * management server, where that is another one.
 */
public final class WebServerPortListener implements ApplicationListener<WebServerInitializedEvent> {

	private static final String MANAGEMENT = "management";

	private final ServerPort port;

	private final ManagementServer management;

	/**
	 * Creates the listener.
	 * @param port the application's port; not null
	 * @param management its management server; not null
	 */
	public WebServerPortListener(ServerPort port, ManagementServer management) {
		this.port = port;
		this.management = management;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		String namespace = event.getApplicationContext().getServerNamespace();
		if (namespace == null) {
			this.port.listening(event.getWebServer().getPort());
		}
		else if (namespace.equals(MANAGEMENT)) {
			this.management.listening(event.getWebServer().getPort());
		}
	}

}
