package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

import org.springframework.util.function.SingletonSupplier;

import dev.cloudmap.discovery.registry.http.ProxyRoute;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The HTTP client for blocking queries, with their timer and executors. The first query
 * creates the HTTP client.
 */
public final class WatchClient {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private final Timer timer;

	private final Executor requests;

	private final Executor answers;

	private final LogLimit logLimit;

	private final SingletonSupplier<HttpClient> http = SingletonSupplier.of(this::createHttp);

	/**
	 * Creates the client.
	 * @param timer schedules queries and their timeouts
	 * @param requests runs the creation of requests, which may block for credentials
	 * @param answers runs the handlers of answers in sequence; the handlers must not
	 * block
	 */
	public WatchClient(Timer timer, Executor requests, Executor answers) {
		this.timer = timer;
		this.requests = requests;
		this.answers = answers;
		this.logLimit = new LogLimit(timer);
	}

	/**
	 * Returns the limit for log lines about namespaces that do not exist.
	 */
	LogLimit logLimit() {
		return this.logLimit;
	}

	/**
	 * Returns the timer that schedules the next query.
	 */
	public Timer timer() {
		return this.timer;
	}

	Executor requests() {
		return this.requests;
	}

	Executor answers() {
		return this.answers;
	}

	HttpClient http() {
		return this.http.obtain();
	}

	private HttpClient createHttp() {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(CONNECT_TIMEOUT)
			.proxy(ProxyRoute.JVM_EXCEPT_LOOPBACK)
			.executor(this.answers)
			.build();
	}

}
