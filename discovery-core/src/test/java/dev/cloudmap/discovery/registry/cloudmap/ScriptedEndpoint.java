package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.ManualTimer;

/**
 * An endpoint that answers each operation of Cloud Map's API with a configured body, and
 * a registry that calls it.
 */
final class ScriptedEndpoint implements AutoCloseable {

	/** A service of {@link #withService}. */
	static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	static final InstanceRegistration INSTANCE = new InstanceRegistration(WORKER, "i-1", "10.0.0.1", 8080, Map.of(),
			new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));

	private final Map<String, Answer> answers = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final CallMeter meter;

	/** The revision in each answer; null if the registry has none. */
	private volatile @Nullable String revision;

	private ServiceDiscoveryClient client;

	private CloudMapRegistry registry;

	private ScriptedEndpoint(CallMeter meter) throws IOException {
		this.meter = meter;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.executor);
		this.server.start();
		connect(uri(), AnonymousCredentialsProvider.create());
	}

	/**
	 * Creates an endpoint that has the service {@link #WORKER} and accepts registrations.
	 */
	static ScriptedEndpoint withService(CallMeter meter) throws IOException {
		return new ScriptedEndpoint(meter)
			.answer("ListNamespaces", "{\"Namespaces\":[{\"Id\":\"ns-1\",\"Name\":\"corp\",\"Type\":\"HTTP\"}]}")
			.answer("ListServices", "{\"Services\":[{\"Id\":\"srv-1\",\"Name\":\"worker\"}]}")
			.answer("RegisterInstance", "{\"OperationId\":\"op-1\"}");
	}

	/**
	 * Replaces the registry by one with other credentials or of another endpoint.
	 */
	void connect(URI location, AwsCredentialsProvider credentials) {
		connect(location, credentials, new CreationPolicy(Scope.NAMESPACES, null));
	}

	/**
	 * Replaces the registry by one with another policy.
	 */
	void connect(CreationPolicy creation) {
		connect(uri(), AnonymousCredentialsProvider.create(), creation);
	}

	private void connect(URI location, AwsCredentialsProvider credentials, CreationPolicy creation) {
		if (this.client != null) {
			this.client.close();
		}
		this.client = TestClients.retryingAtOnce(location, credentials).build();
		this.registry = new CloudMapRegistry(this.client,
				new RegistryInfo("cloud-map", location.toString(), null, Set.of()), creation, null, (service) -> null,
				this.meter, new WatchClient(new ManualTimer(), Runnable::run, Runnable::run));
	}

	URI uri() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	CloudMapRegistry registry() {
		return this.registry;
	}

	void revision(String revision) {
		this.revision = revision;
	}

	/**
	 * Sets the answer of an operation.
	 */
	ScriptedEndpoint answer(String operation, String body) {
		return answer(operation, "application/x-amz-json-1.1", (request) -> body);
	}

	ScriptedEndpoint answer(String operation, String contentType, UnaryOperator<String> body) {
		return write(operation, contentType,
				(request, out) -> out.write(body.apply(request).getBytes(StandardCharsets.UTF_8)));
	}

	ScriptedEndpoint write(String operation, String contentType, Writer writer) {
		this.answers.put(operation, new Answer(200, contentType, writer));
		return this;
	}

	ScriptedEndpoint answer(String operation, int status, String body) {
		this.answers.put(operation, new Answer(status, "application/x-amz-json-1.1",
				(request, out) -> out.write(body.getBytes(StandardCharsets.UTF_8))));
		return this;
	}

	/**
	 * Sets an error as the answer of an operation.
	 */
	ScriptedEndpoint error(String operation, int status, String code, String message) {
		return answer(operation, status, "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(code, message));
	}

	/**
	 * Returns the number of all requests.
	 */
	int requests() {
		return this.requests.values().stream().mapToInt(AtomicInteger::get).sum();
	}

	/**
	 * Returns how often an operation was called.
	 */
	int requests(String operation) {
		return this.requests.computeIfAbsent(operation, (name) -> new AtomicInteger()).get();
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
			String operation = target.substring(target.indexOf('.') + 1);
			this.requests.computeIfAbsent(operation, (name) -> new AtomicInteger()).incrementAndGet();
			Answer answer = this.answers.get(operation);
			if (answer.contentType().startsWith("gzip ")) {
				exchange.getResponseHeaders().set("Content-Encoding", "gzip");
			}
			exchange.getResponseHeaders().set("Content-Type", answer.contentType());
			if (this.revision != null) {
				exchange.getResponseHeaders().set(CloudMapCalls.REVISION_HEADER, this.revision);
			}
			exchange.sendResponseHeaders(answer.status(), 0);
			answer.writer().write(request, exchange.getResponseBody());
		}
		catch (IOException ex) {
			// the client has closed the connection
		}
	}

	@Override
	public void close() {
		this.client.close();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * Writes a body.
	 */
	interface Writer {

		void write(String request, OutputStream out) throws IOException;

	}

	private record Answer(int status, String contentType, Writer writer) {
	}

}
