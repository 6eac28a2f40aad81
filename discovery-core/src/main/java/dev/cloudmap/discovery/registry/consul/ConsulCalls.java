package dev.cloudmap.discovery.registry.consul;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.http.LimitedBody;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

/**
 * Calls an agent over HTTP and counts the calls. The first call creates the HTTP client.
 * Thread-safe.
 */
final class ConsulCalls {

	/** An instance has about 1.2 KB, so that an answer holds several thousand. */
	static final int MAX_LENGTH = 16 * 1024 * 1024;

	private final ConsulSettings settings;

	private final String base;

	private final @Nullable SSLContext tls;

	private final Executor answers;

	private final ConsulFailures failures;

	private final SingletonSupplier<HttpClient> http = SingletonSupplier.of(this::createHttp);

	private final Map<ConsulOperation, Tally> tallies = new EnumMap<>(ConsulOperation.class);

	/**
	 * Creates the client.
	 * @param tls the trusted certificates and keys; null for those of the JVM
	 * @param answers reads the answers, without blocking
	 */
	ConsulCalls(ConsulSettings settings, @Nullable SSLContext tls, Executor answers) {
		this.settings = settings;
		this.base = settings.agent().toString().replaceFirst("/+$", "");
		this.tls = tls;
		this.answers = answers;
		this.failures = new ConsulFailures(settings.agent());
		for (ConsulOperation operation : ConsulOperation.values()) {
			this.tallies.put(operation, new Tally(new LongAdder(), new LongAdder()));
		}
	}

	private HttpClient createHttp() {
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(this.settings.timeout())
			.proxy(ProxyRoute.JVM_EXCEPT_LOOPBACK)
			.executor(this.answers);
		return ((this.tls != null) ? builder.sslContext(this.tls) : builder).build();
	}

	/**
	 * Returns the translation of failures.
	 */
	ConsulFailures failures() {
		return this.failures;
	}

	/**
	 * Encodes a part of a path or a query.
	 */
	static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	/**
	 * Reads something.
	 * @param path the path with its query
	 * @return the result
	 * @throws DiscoveryException if the agent did not return one
	 */
	ConsulAnswer get(ConsulOperation operation, String path) {
		return required(operation, send(operation, "GET", path, null));
	}

	/**
	 * Changes something.
	 * @param path the path with its query
	 * @param body the JSON object to send; null for none
	 * @throws DiscoveryException if the agent refused it
	 */
	void put(ConsulOperation operation, String path, @Nullable String body) {
		var unused = required(operation, send(operation, "PUT", path, body));
	}

	private ConsulAnswer required(ConsulOperation operation, ConsulAnswer answer) {
		if (!answer.isOk()) {
			throw this.failures.refused(operation, answer);
		}
		return answer;
	}

	/**
	 * Sends a request and waits for the answer. A connection that the agent has closed
	 * meanwhile is replaced once: all operations have the same effect if they are
	 * repeated.
	 * @return the answer, whatever its status
	 * @throws RegistryUnavailableException if there is none
	 */
	ConsulAnswer send(ConsulOperation operation, String method, String path, @Nullable String body) {
		HttpRequest request = request(path)
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
			.build();
		try {
			return exchange(operation, request);
		}
		catch (IOException ex) {
			if (!isBrokenOff(ex)) {
				throw this.failures.unanswered(operation, ex);
			}
		}
		try {
			return exchange(operation, request);
		}
		catch (IOException ex) {
			throw this.failures.unanswered(operation, ex);
		}
	}

	private static boolean isBrokenOff(IOException ex) {
		return !(ex instanceof ConnectException || ex instanceof HttpConnectTimeoutException
				|| ex instanceof SSLException);
	}

	private ConsulAnswer exchange(ConsulOperation operation, HttpRequest request) throws IOException {
		CompletableFuture<ConsulAnswer> answer = sendAsync(operation, request);
		try {
			return answer.get(this.settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException failure) {
				throw failure;
			}
			throw this.failures.unanswered(operation, Objects.requireNonNull(ex.getCause()));
		}
		catch (TimeoutException ex) {
			answer.cancel(true);
			throw this.failures.unanswered(operation, new TimeoutException(
					"no answer within " + this.settings.timeout().toMillis() + " ms (discovery.consul.timeout)"));
		}
		catch (InterruptedException ex) {
			answer.cancel(true);
			Thread.currentThread().interrupt();
			throw new RegistryUnavailableException(operation.title() + " was interrupted", ex);
		}
	}

	/**
	 * Sends a query without blocking for the answer.
	 * @param path the path with its query
	 * @return the answer, whatever its status; canceling it aborts the query
	 */
	CompletableFuture<ConsulAnswer> query(ConsulOperation operation, String path) {
		return sendAsync(operation, request(path).build());
	}

	private HttpRequest.Builder request(String path) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.base + path));
		String token = this.settings.token();
		return (token != null) ? request.header("X-Consul-Token", token) : request;
	}

	private CompletableFuture<ConsulAnswer> sendAsync(ConsulOperation operation, HttpRequest request) {
		Tally tally = Objects.requireNonNull(this.tallies.get(operation));
		tally.calls.increment();
		CompletableFuture<HttpResponse<byte[]>> sent = sendToAgent(request);
		CompletableFuture<ConsulAnswer> answer = new CompletableFuture<>();
		// the JDK's client completes the future on a thread of its own
		var unused = sent.whenCompleteAsync((received, failure) -> {
			if (received == null) {
				answer.completeExceptionally(failure);
				return;
			}
			try {
				answer.complete(ConsulAnswer.of(received));
			}
			catch (RuntimeException ex) {
				answer.completeExceptionally(ex);
			}
		}, this.answers);
		var unusedEnd = answer.whenComplete((received, failure) -> {
			if (received == null || !received.isOk()) {
				tally.failures.increment();
			}
			if (received == null) {
				sent.cancel(true);
			}
		});
		return answer;
	}

	private CompletableFuture<HttpResponse<byte[]>> sendToAgent(HttpRequest request) {
		try {
			return this.http.obtain().sendAsync(request, (info) -> new LimitedBody(MAX_LENGTH));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Returns the counts so far.
	 */
	CallCounts counts() {
		Map<String, Count> counts = new LinkedHashMap<>();
		this.tallies.forEach((operation, tally) -> counts.put(operation.title(), tally.count()));
		return new CallCounts(counts);
	}

	private record Tally(LongAdder calls, LongAdder failures) {

		/** Reads failures before calls: each call is counted before its failure. */
		private Count count() {
			long failed = this.failures.sum();
			return new Count(this.calls.sum(), failed, 0);
		}

	}

}
