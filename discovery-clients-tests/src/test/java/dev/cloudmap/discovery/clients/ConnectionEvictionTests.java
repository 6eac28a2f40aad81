package dev.cloudmap.discovery.clients;

import java.util.List;
import java.util.Map;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of the connections of an application's clients when an instance leaves the
 * registry.
 */
class ConnectionEvictionTests {

	@Test
	void thoseOfEveryLibraryAreClosed() throws Exception {
		try (KeepingServer one = new KeepingServer();
				KeepingServer other = new KeepingServer();
				ConfigurableApplicationContext application = start()) {
			Workers.register(application, "worker", Map.of(), one.port(), other.port());
			InstanceCatalog catalog = application.getBean(InstanceCatalog.class);
			await().atMost(KeepingServer.LIMIT).until(() -> catalog.service("worker").instances().join().size() == 2);
			for (KeepingServer server : List.of(one, other)) {
				byApache(application, server);
				byJetty(application, server);
				byReactorNetty(application, server);
				assertThat(server.opened).hasValue(3);
			}
			application.getBean(Registry.class).deregister(Workers.WORKER, Workers.id(one.port()));
			await().atMost(KeepingServer.LIMIT).until(() -> one.closed.get() == 3);
			assertThat(other.closed).hasValue(0);
		}
	}

	private static ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.application.name=caller", "--discovery.namespace=corp", "--discovery.embedded.http-port=0",
					"--discovery.embedded.dns-port=0", "--discovery.lookup.mode=api",
					"--discovery.registration.enabled=false", "--spring.main.banner-mode=off",
					"--spring.cloud.gateway.server.webflux.enabled=false");
	}

	private static void byApache(ConfigurableApplicationContext application, KeepingServer server) throws Exception {
		String answer = application.getBean(CloseableHttpClient.class)
			.execute(new HttpGet(server.url()), (response) -> EntityUtils.toString(response.getEntity()));
		assertThat(answer).isEqualTo("ok");
	}

	private static void byJetty(ConfigurableApplicationContext application, KeepingServer server) throws Exception {
		assertThat(
				application.getBean(org.eclipse.jetty.client.HttpClient.class).GET(server.url()).getContentAsString())
			.isEqualTo("ok");
	}

	private static void byReactorNetty(ConfigurableApplicationContext application, KeepingServer server) {
		assertThat(application.getBean(reactor.netty.http.client.HttpClient.class)
			.get()
			.uri(server.url())
			.responseContent()
			.aggregate()
			.asString()
			.block(KeepingServer.LIMIT)).isEqualTo("ok");
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		PoolingHttpClientConnectionManager apacheConnections() {
			return new PoolingHttpClientConnectionManager();
		}

		@Bean
		CloseableHttpClient apacheClient(PoolingHttpClientConnectionManager connections) {
			return HttpClients.custom().setConnectionManager(connections).build();
		}

		@Bean(initMethod = "start", destroyMethod = "stop")
		org.eclipse.jetty.client.HttpClient jettyClient() {
			return new org.eclipse.jetty.client.HttpClient();
		}

		@Bean(destroyMethod = "dispose")
		ConnectionProvider reactorNettyConnections() {
			return ConnectionProvider.create("test");
		}

		@Bean
		reactor.netty.http.client.HttpClient reactorNettyClient(ConnectionProvider connections) {
			return reactor.netty.http.client.HttpClient.create(connections);
		}

	}

}
