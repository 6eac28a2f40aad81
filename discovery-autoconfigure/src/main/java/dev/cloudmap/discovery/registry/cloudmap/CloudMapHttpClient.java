package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * The SDK's HTTP client, which goes through the environment's proxy as the SDK does, but
 * reaches hosts of this machine directly. Thread-safe.
 */
final class CloudMapHttpClient implements SdkHttpClient {

	private final SdkHttpClient direct;

	private final SdkHttpClient other;

	private CloudMapHttpClient(SdkHttpClient direct, SdkHttpClient other) {
		this.direct = direct;
		this.other = other;
	}

	/**
	 * A builder, which a client of the SDK uses once.
	 * @param connectTimeout how long to wait for a connection
	 * @param readTimeout how long to wait for more of an answer
	 */
	static SdkHttpClient.Builder<?> builder(Duration connectTimeout, Duration readTimeout) {
		return new Builder(connectTimeout, readTimeout);
	}

	@Override
	public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
		SdkHttpClient client = LoopbackHost.matches(request.httpRequest().host()) ? this.direct : this.other;
		return client.prepareRequest(request);
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

	private record Builder(Duration connectTimeout, Duration readTimeout) implements SdkHttpClient.Builder<Builder> {

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			return new CloudMapHttpClient(UrlConnectionHttpClient.create(this::open),
					UrlConnectionHttpClient.builder()
						.connectionTimeout(this.connectTimeout)
						.socketTimeout(this.readTimeout)
						.buildWithDefaults(serviceDefaults));
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
