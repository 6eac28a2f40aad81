package dev.cloudmap.discovery.registry.cloudmap;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.Timer;

/**
 * What streams of changes are received with: an HTTP client, made when the first is, and
 * the time.
 */
public final class WatchClient {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private final Timer timer;

	private final Executor requests;

	private final Executor events;

	private final LogLimit logLimit;

	private @Nullable HttpClient http;

	/**
	 * Creates the client.
	 * @param timer tells when a stream is dead and when to come back; not null
	 * @param requests makes requests, which may block while credentials are fetched; not
	 * null
	 * @param events receives events, one after the other, and is never blocked; not null
	 */
	public WatchClient(Timer timer, Executor requests, Executor events) {
		this.timer = timer;
		this.requests = requests;
		this.events = events;
		this.logLimit = new LogLimit(timer);
	}

	/**
	 * Limits log lines about namespaces that do not exist.
	 */
	LogLimit logLimit() {
		return this.logLimit;
	}

	Timer timer() {
		return this.timer;
	}

	Executor requests() {
		return this.requests;
	}

	synchronized HttpClient http() {
		HttpClient client = this.http;
		if (client == null) {
			client = HttpClient.newBuilder()
				.version(HttpClient.Version.HTTP_1_1)
				.connectTimeout(CONNECT_TIMEOUT)
				.proxy(ProxyRoute.JVM_EXCEPT_LOOPBACK)
				.executor(this.events)
				.build();
			this.http = client;
		}
		return client;
	}

}
