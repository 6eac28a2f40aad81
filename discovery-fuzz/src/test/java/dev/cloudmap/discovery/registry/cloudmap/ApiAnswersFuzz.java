package dev.cloudmap.discovery.registry.cloudmap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.utils.AttributeMap;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.cloudmap.call.UnexpectedAnswerException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapHttpClient;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.fuzz.StoppedTimer;

/**
 * Calls the registry client with arbitrary bytes as the HTTP responses of Cloud Map's
 * API, which the AWS SDK reads. The first byte of an input selects two calls, with four
 * bits each. The responses to consecutive requests follow: one byte for the status, one
 * byte of flags, a length of two bytes, and the content of that length. After the last
 * response, the first one is used again.
 */
public final class ApiAnswersFuzz {

	private static final int CALLS = 8;

	/** The status byte of a response with an endless body. */
	private static final int ENDLESS = 0xFF;

	private static final int[] STATUSES = { 200, 200, 200, 200, 400, 400, 403, 404, 413, 429, 500, 503, 204, 301 };

	private static final int GZIP_HEADER_ONLY = 1;

	private static final int HTML = 2;

	private static final int ERROR_TYPE = 4;

	private static final int REVISION = 8;

	private static final int NO_BODY = 16;

	private static final int ABORTED = 32;

	private static final int GZIP = 64;

	private static final int CHECKSUM = 128;

	private static final int MAX_RESPONSES = 16;

	/** The maximum number of requests of an input. */
	private static final int MAX_REQUESTS = 1000;

	/**
	 * The maximum number of bytes that buffers read beyond the size limit of a response.
	 */
	private static final int BUFFERED = 1 << 20;

	private static final int MAX_INSTANCES = 1000;

	private static final int MAX_PORT = 65_535;

	private static final Namespace CORP = new Namespace("corp");

	private static final ServiceName WORKER = new ServiceName(CORP, "worker");

	private static final InstanceRegistration INSTANCE = new InstanceRegistration(WORKER, "i-1", "10.0.0.1", 8080,
			Map.of(), new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));

	private static final ScriptedHttp HTTP = new ScriptedHttp();

	private static final ServiceDiscoveryClient CLIENT = CloudMapClients
		.builder(new CloudMapConnection(URI.create("http://127.0.0.1:1"), "us-east-1",
				AnonymousCredentialsProvider.create(), null))
		.httpClientBuilder(HTTP)
		.overrideConfiguration((configuration) -> configuration
			.retryStrategy(AwsRetryStrategy.forRetryMode(RetryMode.STANDARD).toBuilder().maxAttempts(1).build()))
		.build();

	private ApiAnswersFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) {
		Input input = new Input(bytes);
		int calls = input.next();
		HTTP.begin(input);
		CloudMapRegistry registry = new CloudMapRegistry(CLIENT,
				new RegistryInfo("cloud-map", "http://127.0.0.1:1", null, Set.of()),
				new CreationPolicy(Scope.NAMESPACES, null), null, (service) -> null, new CallMeter(() -> false),
				new WatchClient(new StoppedTimer(), Runnable::run, Runnable::run));
		call(registry, calls & 0xF);
		call(registry, calls >> 4);
		LoggedErrors.rethrow();
	}

	private static void call(CloudMapRegistry registry, int call) {
		try {
			switch (call % CALLS) {
				case 0 -> check(registry.discover(WORKER, LookupFilter.ALL));
				case 1 -> registry.services(CORP)
					.forEach((service) -> Check.that(!service.name().isEmpty(), "A service has no name"));
				case 2 -> registry.attributes(WORKER, "i-1").ifPresent(ApiAnswersFuzz::check);
				case 3 -> check(registry.attributes(WORKER));
				case 4 -> registry.revision(WORKER);
				case 5 -> registry.register(INSTANCE);
				case 6 -> registry.deregister(WORKER, "i-1");
				default -> registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY);
			}
		}
		catch (DiscoveryException ex) {
			check(ex);
		}
	}

	private static void check(DiscoveryException failure) {
		String message = String.valueOf(failure.getMessage());
		Check.that(!message.isBlank(), "The exception has no message:", failure);
		Check.that(!(failure instanceof UnexpectedAnswerException) || message.contains("expected "),
				"The message does not contain what was expected:", message);
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Check.that(!(cause instanceof Error), "The cause is a Java Error:", cause);
			if (cause instanceof NullPointerException || cause instanceof ClassCastException) {
				Check.that(isOfSdk(cause), "The cause is a programming error:", cause);
				Check.that(!message.contains(String.valueOf(cause.getMessage())),
						"The message is that of a programming error:", message);
			}
		}
	}

	/**
	 * Returns whether the AWS SDK threw the exception. Its JSON unmarshaller throws such
	 * exceptions for malformed responses.
	 */
	private static boolean isOfSdk(Throwable failure) {
		StackTraceElement[] trace = failure.getStackTrace();
		return trace.length > 0 && trace[0].getClassName().startsWith("software.amazon.awssdk.");
	}

	private static void check(Map<String, String> attributes) {
		attributes
			.forEach((name, value) -> Check.that(name != null && value != null, "An attribute is null:", attributes));
	}

	private static void check(InstanceSet set) {
		Check.that(set.instances().size() <= MAX_INSTANCES, "The instances are too many:", set.instances().size());
		for (Instance instance : set.instances()) {
			String host = instance.host();
			Check.that(instance.port() >= 1 && instance.port() <= MAX_PORT && !host.isEmpty() && instance.id() != null,
					"The instance has no valid host, port or id:", instance);
			URI uri = URI
				.create("http://" + ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + instance.port());
			Check.that(uri.getRawAuthority() != null && uri.getRawPath().isEmpty() && uri.getRawUserInfo() == null,
					"The host changes the structure of the URI:", instance);
			check(instance.attributes());
		}
	}

	/**
	 * Answers requests with the responses of the input.
	 */
	private static final class ScriptedHttp implements SdkHttpClient, SdkHttpClient.Builder<ScriptedHttp> {

		private final List<ScriptedResponse> responses = new ArrayList<>();

		private int requests;

		private int polls;

		void begin(Input input) {
			this.requests = 0;
			this.polls = 0;
			this.responses.clear();
			while (input.hasMore() && this.responses.size() < MAX_RESPONSES) {
				this.responses.add(new ScriptedResponse(input.next(), input.next(), input.next(input.nextShort())));
			}
		}

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
			return new CloudMapHttpClient(this, () -> this, Duration.ofSeconds(10));
		}

		@Override
		public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
			Check.that(this.requests < MAX_REQUESTS, "The call sends too many requests");
			boolean isPoll = request.httpRequest()
				.firstMatchingHeader("X-Amz-Target")
				.filter((target) -> target.endsWith(".GetOperation"))
				.isPresent();
			this.polls += isPoll ? 1 : 0;
			// The polls for an operation end soon, because there is a delay before each.
			boolean ends = this.responses.isEmpty() || this.polls > 2;
			ScriptedResponse response = ends ? new ScriptedResponse(4, 0, new byte[0])
					: this.responses.get(this.requests++ % this.responses.size());
			return new ExecutableHttpRequest() {

				@Override
				public HttpExecuteResponse call() {
					return response.toResponse();
				}

				@Override
				public void abort() {
				}

			};
		}

		@Override
		public void close() {
		}

	}

	/**
	 * An HTTP response.
	 */
	private static final class ScriptedResponse {

		private final int status;

		private final int flags;

		private final byte[] content;

		private ScriptedResponse(int status, int flags, byte[] content) {
			this.status = status;
			this.flags = flags;
			this.content = content;
		}

		private boolean has(int flag) {
			return (this.flags & flag) != 0;
		}

		HttpExecuteResponse toResponse() {
			SdkHttpResponse.Builder head = SdkHttpResponse.builder()
				.statusCode((this.status == ENDLESS) ? 200 : STATUSES[this.status % STATUSES.length])
				.putHeader("Content-Type", has(HTML) ? "text/html" : "application/x-amz-json-1.1");
			if (has(GZIP_HEADER_ONLY) || has(GZIP)) {
				head.putHeader("Content-Encoding", "gzip");
			}
			if (has(ERROR_TYPE)) {
				Input text = new Input(this.content);
				head.putHeader("x-amzn-ErrorType", new String(text.next(text.next()), StandardCharsets.ISO_8859_1));
			}
			if (has(REVISION)) {
				head.putHeader(CloudMapCalls.REVISION_HEADER, String.valueOf(this.content.length));
			}
			if (has(CHECKSUM)) {
				head.putHeader("x-amz-crc32", "1");
			}
			HttpExecuteResponse.Builder response = HttpExecuteResponse.builder().response(head.build());
			if (!has(NO_BODY)) {
				response.responseBody(AbortableInputStream.create(
						new Body(has(GZIP) ? gzip(this.content) : this.content, this.status == ENDLESS, has(ABORTED))));
			}
			return response.build();
		}

		private static byte[] gzip(byte[] content) {
			ByteArrayOutputStream compressed = new ByteArrayOutputStream();
			try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
				out.write(content);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return compressed.toByteArray();
		}

	}

	/**
	 * A body that ends, fails after its content, or repeats its content endlessly.
	 */
	private static final class Body extends InputStream {

		private final byte[] content;

		private final boolean endless;

		private final boolean aborted;

		private InputStream in;

		private long read;

		private Body(byte[] content, boolean endless, boolean aborted) {
			this.content = content;
			this.endless = endless && content.length > 0;
			this.aborted = aborted;
			this.in = new ByteArrayInputStream(content);
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? one[0] & 0xFF : -1;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			int count = this.in.read(buffer, offset, length);
			if (count < 0 && this.endless) {
				this.in = new ByteArrayInputStream(this.content);
				count = this.in.read(buffer, offset, length);
			}
			if (count < 0 && this.aborted) {
				throw new IOException("connection reset");
			}
			this.read += Math.max(count, 0);
			Check.that(this.read <= CloudMapHttpClient.MAX_ANSWER + BUFFERED, "More is read than the size limit:",
					this.read);
			return count;
		}

	}

}
