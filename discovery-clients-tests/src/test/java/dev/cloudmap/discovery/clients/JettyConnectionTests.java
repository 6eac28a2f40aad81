package dev.cloudmap.discovery.clients;

import java.util.stream.Stream;

import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.cloudmap.discovery.loadbalancer.IdleConnections;
import dev.cloudmap.discovery.loadbalancer.JettyConnections;

/**
 * The connections of Jetty's client.
 */
class JettyConnectionTests extends ConnectionContractTests {

	private final HttpClient client = new HttpClient();

	@BeforeEach
	void start() throws Exception {
		this.client.start();
	}

	@AfterEach
	void close() throws Exception {
		this.client.stop();
	}

	@Override
	IdleConnections connections() {
		return new JettyConnections(() -> Stream.of(this.client));
	}

	@Override
	String get(String url) throws Exception {
		return this.client.GET(url).getContentAsString();
	}

}
