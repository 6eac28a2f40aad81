package dev.cloudmap.benchmarks.scenario.load;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;

import org.jspecify.annotations.Nullable;

/**
 * Sends requests at a steady rate, regardless of pending requests. Latencies are measured
 * from the scheduled start of a request, so that they include the time by which a stall
 * delays its sending.
 */
public final class Load implements AutoCloseable {

	private static final int OK = 200;

	private static final int MAX_SHOWN_LENGTH = 200;

	/** The additional wait time after the timeout of a request. */
	private static final Duration GRACE = Duration.ofSeconds(10);

	private final LoadSettings settings;

	private final HttpClient client;

	private final HttpRequest request;

	private final long begin = System.nanoTime();

	private final Queue<Request> ended = new ConcurrentLinkedQueue<>();

	/** Has one party for each pending request and one for the sender. */
	private final Phaser open = new Phaser(1);

	private final Thread sender;

	private volatile boolean stopped;

	private Load(LoadSettings settings) {
		this.settings = settings;
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(settings.timeout())
			.build();
		this.request = HttpRequest.newBuilder(settings.target()).timeout(settings.timeout()).build();
		this.sender = new Thread(this::send, "load");
		this.sender.setDaemon(true);
	}

	/**
	 * Starts a load.
	 * @param settings the settings of the load
	 */
	public static Load start(LoadSettings settings) {
		Load load = new Load(settings);
		load.sender.start();
		return load;
	}

	/**
	 * Returns the time since the start of the load.
	 */
	public Duration now() {
		return Duration.ofNanos(System.nanoTime() - this.begin);
	}

	/**
	 * Returns the requests that have ended so far.
	 */
	public Requests requests() {
		return new Requests(List.copyOf(this.ended));
	}

	/**
	 * Stops the load, and waits for pending requests.
	 * @return all requests
	 */
	public Requests stop() {
		try {
			if (!this.stopped) {
				this.stopped = true;
				this.sender.join();
				int phase = this.open.arrive();
				this.open.awaitAdvanceInterruptibly(phase, this.settings.timeout().plus(GRACE).toMillis(),
						TimeUnit.MILLISECONDS);
			}
			return requests();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("Requests did not end in time", ex);
		}
	}

	@Override
	public void close() {
		stop();
	}

	private void send() {
		long interval = TimeUnit.SECONDS.toNanos(1) / this.settings.perSecond();
		for (long due = 0; !this.stopped; due += interval) {
			long wait = due - now().toNanos();
			while (wait > 0 && !this.stopped) {
				LockSupport.parkNanos(wait);
				wait = due - now().toNanos();
			}
			if (!this.stopped) {
				send(Duration.ofNanos(due));
			}
		}
	}

	private void send(Duration due) {
		this.open.register();
		var unused = this.client.sendAsync(this.request, BodyHandlers.ofString()).handle((response, failure) -> {
			this.ended.add(ended(due, response, failure));
			return this.open.arriveAndDeregister();
		});
	}

	private Request ended(Duration due, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
		Duration latency = now().minus(due);
		if (response == null) {
			Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure;
			return new Request(due, latency, null, String.valueOf(cause));
		}
		if (response.statusCode() != OK) {
			String body = response.body();
			return new Request(due, latency, null,
					response.statusCode() + " " + body.substring(0, Math.min(MAX_SHOWN_LENGTH, body.length())));
		}
		Matcher matcher = this.settings.instance().matcher(response.body());
		return matcher.find() ? new Request(due, latency, matcher.group(1), null)
				: new Request(due, latency, null, "the answer names no instance: " + response.body());
	}

}
