package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.cloud.gateway.config.GatewayLoadBalancerProperties;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.loadbalancer.adapter.CallGatewayFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.GatewayAttemptFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.RouteHostFilter;
import dev.cloudmap.testsupport.RecordingServer;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests Spring Cloud Gateway on WebFlux.
 */
class GatewayWebFluxTests extends GatewayContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	@Override
	WebApplicationType type() {
		return WebApplicationType.REACTIVE;
	}

	@Test
	void answers404WithoutInstancesIfConfigured() {
		GatewayLoadBalancerProperties properties = application().getBean(GatewayLoadBalancerProperties.class);
		properties.setUse404(true);
		try {
			assertThat(send("wroker", HttpMethod.GET, null).status()).isEqualTo(404);
			assertThat(send(Workers.LONG_NAME, HttpMethod.GET, null).status()).isEqualTo(404);
		}
		finally {
			properties.setUse404(false);
		}
	}

	@Test
	void routeToInvalidHostNameSuggestsAnAlias() {
		for (String uri : List.of("lb://my_service", "lb:ws://my_service")) {
			MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
			exchange.getAttributes()
				.put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR,
						Route.async().id("route").uri(uri).predicate((any) -> true).build());
			assertThatThrownBy(() -> application().getBean(RouteHostFilter.class)
				.filter(exchange, (routed) -> Mono.empty())
				.block(LIMIT)).hasMessageContaining("discovery.aliases.my-service=my_service");
		}
	}

	@Test
	void gatewayExceptionContainsTheReason() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/wroker"));
		assertThatThrownBy(
				() -> exchange(exchange, "lb://wroker", Mono.error(NotFoundException.create(true, "Unable to find"))))
			.isInstanceOf(NotFoundException.class)
			.hasMessageContaining("404")
			.hasMessageContaining("Service wroker of namespace corp");
	}

	@Test
	void reasonIsLoggedOnceForEachName(CapturedOutput output) {
		String host = "c".repeat(64);
		for (int i = 0; i < 2; i++) {
			MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
			assertThatThrownBy(() -> exchange(exchange, "lb://" + host,
					Mono.error(NotFoundException.create(false, "Unable to find"))))
				.isInstanceOf(NotFoundException.class);
		}
		assertThat(output).containsOnlyOnce("A request cannot be routed to a service: '" + host);
	}

	@Test
	void retriesAfterConnectTimeout() throws IOException {
		RecordingServer server = server("one");
		try (ScriptedServer full = ScriptedServer.unresponsive()) {
			Workers.register(application(), "full", Map.of(), full.port(), server.port());
			long began = System.nanoTime();
			for (int i = 0; i < 2; i++) {
				assertThat(send("full", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "one"));
			}
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void keepsConnectTimeoutOfRoute() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/full"));
		Route route = Route.async()
			.id("route")
			.uri("lb://full")
			.predicate((any) -> true)
			.metadata(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR, 1234)
			.build();
		exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
		exchange(exchange, "lb://full", Mono.empty());
		assertThat(exchange.<Route>getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR)).isSameAs(route);
	}

	@Test
	void fallbackRouteHasItsOwnTimeout() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/hanging"));
		assertThatThrownBy(() -> exchange(exchange, "lb://hanging", Mono.never())).hasMessageContaining("1000 ms");
		AtomicBoolean done = new AtomicBoolean();
		exchange(exchange, "http://127.0.0.1/",
				Mono.delay(Duration.ofMillis(10)).then().doOnSuccess((end) -> done.set(true)));
		assertThat(done).isTrue();
	}

	@Test
	void webSocketHasNoTimeout() {
		MockServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.get("/hanging").header("Upgrade", "websocket"));
		AtomicBoolean done = new AtomicBoolean();
		exchange(exchange, "lb://hanging",
				Mono.delay(Duration.ofMillis(1500)).then().doOnSuccess((end) -> done.set(true)));
		assertThat(done).isTrue();
	}

	@Test
	void requestWhoseClientHasLeftIsNotOnItsWay() throws IOException {
		RecordingServer hanging = server("hanging");
		hanging.hang();
		serve("given-up", hanging);
		int port = application().getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
			client.getOutputStream()
				.write("POST /given-up HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			await().atMost(LIMIT).until(() -> hanging.arrived().size() == 1);
		}
		assertNothingIsOnItsWay("given-up");
	}

	/**
	 * Routes an exchange instead of the filters after the load balancer's filters.
	 */
	private void exchange(ServerWebExchange exchange, String url, Mono<Void> routed) {
		exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create(url));
		GatewayAttemptFilter timeout = application().getBean(GatewayAttemptFilter.class);
		application().getBean(CallGatewayFilter.class)
			.filter(exchange, (chosen) -> timeout.filter(chosen, (sent) -> routed))
			.block(LIMIT);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		RouteLocator routes(RouteLocatorBuilder builder) {
			RouteLocatorBuilder.Builder routes = builder.routes();
			for (String host : Workers.HOSTS) {
				routes.route((route) -> route.path("/" + host + "/**")
					.filters((filters) -> filters.stripPrefix(1))
					.uri("lb://" + host));
			}
			return routes.build();
		}

	}

}
