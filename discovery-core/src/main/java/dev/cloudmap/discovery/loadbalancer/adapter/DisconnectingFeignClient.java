package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;

import feign.Client;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * Feign's default client, which uses {@link HttpURLConnection}. A disconnection ends its
 * reads, which cannot be interrupted.
 */
final class DisconnectingFeignClient extends Client.Default {

	private DisconnectingFeignClient(@Nullable SSLSocketFactory sockets, @Nullable HostnameVerifier verifier,
			boolean unbuffered) {
		super(sockets, verifier, unbuffered);
	}

	/**
	 * Replaces Feign's default client. Other clients stay as they are.
	 */
	static Client replacing(Client client) {
		if (client.getClass() != Client.Default.class) {
			return client;
		}
		// the client has no accessors
		DirectFieldAccessor fields = new DirectFieldAccessor(client);
		for (String name : new String[] { "sslContextFactory", "hostnameVerifier", "disableRequestBuffering" }) {
			if (!fields.isReadableProperty(name)) {
				return client;
			}
		}
		return new DisconnectingFeignClient((SSLSocketFactory) fields.getPropertyValue("sslContextFactory"),
				(HostnameVerifier) fields.getPropertyValue("hostnameVerifier"),
				Boolean.TRUE.equals(fields.getPropertyValue("disableRequestBuffering")));
	}

	@Override
	public HttpURLConnection getConnection(URL url) throws IOException {
		HttpURLConnection connection = super.getConnection(url);
		Call call = Call.current();
		if (call != null) {
			call.abortBy(connection::disconnect);
		}
		return connection;
	}

}
