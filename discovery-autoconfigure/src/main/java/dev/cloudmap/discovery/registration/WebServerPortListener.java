package dev.cloudmap.discovery.registration;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Notes the port of the application's web server; the management server, which has a
 * namespace, is another one.
 */
public final class WebServerPortListener implements ApplicationListener<WebServerInitializedEvent> {

	private final ServerPort port;

	public WebServerPortListener(ServerPort port) {
		this.port = port;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null) {
			this.port.listening(event.getWebServer().getPort());
		}
	}

}
