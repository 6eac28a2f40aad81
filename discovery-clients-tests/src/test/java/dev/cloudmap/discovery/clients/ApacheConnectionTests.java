package dev.cloudmap.discovery.clients;

import java.util.stream.Stream;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;

import dev.cloudmap.discovery.loadbalancer.ApacheConnections;
import dev.cloudmap.discovery.loadbalancer.IdleConnections;

/**
 * The connections of Apache's client.
 */
class ApacheConnectionTests extends ConnectionContractTests {

	private final PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();

	private final CloseableHttpClient client = HttpClients.custom().setConnectionManager(this.pool).build();

	@AfterEach
	void close() throws Exception {
		this.client.close();
	}

	@Override
	IdleConnections connections() {
		return new ApacheConnections(() -> Stream.of(this.pool));
	}

	@Override
	String get(String url) throws Exception {
		return this.client.execute(new HttpGet(url), (response) -> EntityUtils.toString(response.getEntity()));
	}

}
