package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * The SDK's HTTP client, which goes through the environment's proxy as the SDK does, but
 * reaches hosts of this machine directly, and reads no more of an answer than Cloud Map
 * sends. Thread-safe.
 */
final class CloudMapHttpClient implements SdkHttpClient {

	/**
	 * The most bytes of one answer, decompressed: half as much again as 1,000 instances
	 * take with 5,000 characters of attributes each, the most that Cloud Map allows.
	 */
	static final int MAX_ANSWER = 8 << 20;

	private static final String CONTENT_ENCODING = "Content-Encoding";

	private final SdkHttpClient direct;

	private final SdkHttpClient other;

	private final Duration readTimeout;

	CloudMapHttpClient(SdkHttpClient direct, SdkHttpClient other, Duration readTimeout) {
		this.direct = direct;
		this.other = other;
		this.readTimeout = readTimeout;
	}

	/**
	 * A builder, which a client of the SDK uses once.
	 * @param connectTimeout how long to wait for a connection
	 * @param readTimeout how long to wait for more of an answer, and for the whole of it
	 */
	static SdkHttpClient.Builder<?> builder(Duration connectTimeout, Duration readTimeout) {
		return new Builder(connectTimeout, readTimeout);
	}

	@Override
	public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
		SdkHttpClient client = LoopbackHost.matches(request.httpRequest().host()) ? this.direct : this.other;
		return new LimitedRequest(client.prepareRequest(request), this.readTimeout, System::nanoTime);
	}

	@Override
	public String clientName() {
		return this.other.clientName();
	}

	@Override
	public void close() {
		this.direct.close();
		this.other.close();
	}

	/**
	 * A request of whose answer no more than {@link #MAX_ANSWER} is read, and no longer
	 * than the time-out: the SDK's own time-out waits while the JDK reads a chunk.
	 */
	static final class LimitedRequest implements ExecutableHttpRequest {

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
			InputStream content = new DeadlineInputStream(body, this.time, begin, this.ticker);
			if (head.firstMatchingHeader(CONTENT_ENCODING).filter("gzip"::equalsIgnoreCase).isPresent()) {
				// the SDK would decompress what is limited here
				content = new GZIPInputStream(content);
				head = head.copy((copy) -> copy.removeHeader(CONTENT_ENCODING).removeHeader("Content-Length"));
			}
			return HttpExecuteResponse.builder()
				.response(head)
				.responseBody(AbortableInputStream.create(new LimitedInputStream(content, MAX_ANSWER), body))
				.build();
		}

		private synchronized void beginAnswer() throws IOException {
			if (this.aborted) {
				throw new IOException("The request was aborted");
			}
			this.answered = true;
		}

		/**
		 * Aborts the request, unless its answer is being read: that is over in time
		 * without. The JDK leaves the rest of an answer to a thread that holds the
		 * stream's lock for as long as something arrives, and another thread that closes
		 * the stream waits for it, with a lock of the SDK that the reader needs next.
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
					UrlConnectionHttpClient.builder()
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
