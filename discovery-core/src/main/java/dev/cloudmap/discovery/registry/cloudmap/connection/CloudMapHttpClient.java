package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;
import software.amazon.awssdk.utils.Lazy;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * An HTTP client for the SDK. It uses the proxy that the SDK would use, but connects to
 * hosts of this machine directly. It limits the size of answers and the time to read
 * them. Thread-safe.
 */
public final class CloudMapHttpClient implements SdkHttpClient {

	/**
	 * The maximum size of a decompressed answer, in bytes. It is one and a half times the
	 * size of 1,000 instances with 5,000 characters of attributes each, which is the
	 * maximum of Cloud Map.
	 */
	public static final int MAX_ANSWER = 8 << 20;

	private static final String CONTENT_ENCODING = "Content-Encoding";

	private final SdkHttpClient direct;

	private final Lazy<SdkHttpClient> other;

	private final Duration readTimeout;

	/**
	 * Creates a client.
	 * @param direct the client for hosts of this machine
	 * @param other supplies the client for other hosts when the first request needs it:
	 * it loads the JDK's trusted certificates, which takes a tenth of a second
	 * @param readTimeout the timeout for the complete answer
	 */
	public CloudMapHttpClient(SdkHttpClient direct, Supplier<SdkHttpClient> other, Duration readTimeout) {
		this.direct = direct;
		this.other = new Lazy<>(other);
		this.readTimeout = readTimeout;
	}

	/**
	 * Returns a builder for one client of the SDK.
	 * @param connectTimeout the timeout for a connection
	 * @param readTimeout the timeout for a single read and for the complete answer
	 */
	public static SdkHttpClient.Builder<?> builder(Duration connectTimeout, Duration readTimeout) {
		return new Builder(connectTimeout, readTimeout);
	}

	@Override
	public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
		SdkHttpClient client = LoopbackHost.matches(request.httpRequest().host()) ? this.direct : this.other.getValue();
		return new LimitedRequest(client.prepareRequest(request), this.readTimeout, System::nanoTime);
	}

	@Override
	public String clientName() {
		return this.direct.clientName();
	}

	@Override
	public void close() {
		this.direct.close();
		if (this.other.hasValue()) {
			this.other.getValue().close();
		}
	}

	/**
	 * A request that limits its answer to {@link #MAX_ANSWER} bytes and to the read
	 * timeout. The SDK's own timeout does not interrupt the JDK while it reads a chunk.
	 */
	public static final class LimitedRequest implements ExecutableHttpRequest {

		private final ExecutableHttpRequest delegate;

		private final Duration time;

		private final LongSupplier ticker;

		private boolean aborted;

		private boolean answered;

		LimitedRequest(ExecutableHttpRequest delegate, Duration time, LongSupplier ticker) {
			this.delegate = delegate;
			this.time = time;
			this.ticker = ticker;
		}

		@Override
		public HttpExecuteResponse call() throws IOException {
			long begin = this.ticker.getAsLong();
			HttpExecuteResponse answer = this.delegate.call();
			beginAnswer();
			AbortableInputStream body = answer.responseBody().orElse(null);
			if (body == null) {
				return answer;
			}
			SdkHttpResponse head = answer.httpResponse();
			InputStream content = limited(body, begin);
			if (head.firstMatchingHeader(CONTENT_ENCODING).filter("gzip"::equalsIgnoreCase).isPresent()) {
				// decompressed here so that the limit also applies to the decompressed
				// size
				content = limited(new GZIPInputStream(content), begin);
				head = head.copy((copy) -> copy.removeHeader(CONTENT_ENCODING).removeHeader("Content-Length"));
			}
			return HttpExecuteResponse.builder()
				.response(head)
				.responseBody(AbortableInputStream.create(content, body))
				.build();
		}

		private InputStream limited(InputStream in, long begin) {
			return new LimitedInputStream(in, MAX_ANSWER, this.time, begin, this.ticker);
		}

		private synchronized void beginAnswer() throws IOException {
			if (this.aborted) {
				throw new IOException("The request was aborted");
			}
			this.answered = true;
		}

		/**
		 * Aborts the request, unless its answer is being read. The read ends in time
		 * without an abort. An abort could cause a deadlock: the JDK drains the rest of
		 * an answer in a thread that holds the stream's lock while bytes arrive. Another
		 * thread that closes the stream waits for that lock and holds a lock of the SDK
		 * that the reader needs next.
		 */
		@Override
		public synchronized void abort() {
			if (!this.answered) {
				this.aborted = true;
				this.delegate.abort();
			}
		}

	}

	private record Builder(Duration connectTimeout, Duration readTimeout) implements SdkHttpClient.Builder<Builder> {

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			return new CloudMapHttpClient(UrlConnectionHttpClient.create(this::open),
					() -> UrlConnectionHttpClient.builder()
						.connectionTimeout(this.connectTimeout)
						.socketTimeout(this.readTimeout)
						.buildWithDefaults(serviceDefaults),
					this.readTimeout);
		}

		private HttpURLConnection open(URI uri) {
			try {
				HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
				connection.setConnectTimeout((int) this.connectTimeout.toMillis());
				connection.setReadTimeout((int) this.readTimeout.toMillis());
				return connection;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
