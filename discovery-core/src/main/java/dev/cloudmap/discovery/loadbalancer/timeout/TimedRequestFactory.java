package dev.cloudmap.discovery.loadbalancer.timeout;

import java.io.IOException;
import java.net.URI;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * Sends each load-balanced call with the timeouts of the called service, and every other
 * request as the untimed factory does.
 */
public final class TimedRequestFactory implements ClientHttpRequestFactory, DisposableBean {

	private final TimedClients<ClientHttpRequestFactory> factories;

	/**
	 * Creates the factory.
	 * @param factories the factories that send the requests
	 */
	public TimedRequestFactory(TimedClients<ClientHttpRequestFactory> factories) {
		this.factories = factories;
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		return this.factories.of(Call.current()).createRequest(uri, method);
	}

	@Override
	public void destroy() throws Exception {
		for (ClientHttpRequestFactory factory : this.factories.all().toList()) {
			if (factory instanceof DisposableBean disposable) {
				disposable.destroy();
			}
		}
	}

}
