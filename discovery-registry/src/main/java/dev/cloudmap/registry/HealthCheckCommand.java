package dev.cloudmap.registry;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/**
 * Requests a URL and exits with status 0 if the response has status 200, otherwise with
 * status 1. For the health check of an image that has a JRE but neither curl nor a shell:
 *
 * <pre>
 * HEALTHCHECK CMD ["java", "-cp", "discovery-registry.jar", "dev.cloudmap.registry.HealthCheckCommand", "http://127.0.0.1:8054/"]
 * </pre>
 */
public final class HealthCheckCommand {

	private static final int TIMEOUT_MILLIS = 2000;

	private HealthCheckCommand() {
	}

	/**
	 * Requests a URL.
	 * @param args the URL
	 */
	public static void main(String[] args) {
		String found = found(URI.create(args[0]));
		System.out.println(args[0] + ": " + found);
		System.exit(found.equals("200") ? 0 : 1);
	}

	private static String found(URI uri) {
		try {
			HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
			connection.setConnectTimeout(TIMEOUT_MILLIS);
			connection.setReadTimeout(TIMEOUT_MILLIS);
			return Integer.toString(connection.getResponseCode());
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
