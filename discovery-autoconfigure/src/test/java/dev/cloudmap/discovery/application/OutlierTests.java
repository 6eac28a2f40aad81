package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.http.HttpMethod;
import org.springframework.util.StringUtils;

import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls of two instances, one of which fails. Retries are disabled.
 */
class OutlierTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final List<String> LONG_EJECTION = List.of("outlier.base-ejection=10m", "outlier.max-ejection=10m");

	private static final List<String> SHORT_EJECTION = List.of("outlier.base-ejection=100ms",
			"outlier.max-ejection=100ms");

	private static Caller caller;

	private final List<RecordingServer> servers = new ArrayList<>();

	@BeforeAll
	static void start() {
		caller = new Caller(StringUtils.concatenateStringArrays(
				Caller.properties(Map.of("unreachable", LONG_EJECTION, "recovering", SHORT_EJECTION, "failing",
						LONG_EJECTION, "trial", SHORT_EJECTION)),
				new String[] { "spring.cloud.loadbalancer.retry.enabled=false" }));
	}

	@AfterAll
	static void close() {
		caller.close();
	}

	@AfterEach
	void stop() {
		this.servers.forEach(RecordingServer::close);
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void ejectsUnreachableInstanceAfterTwoFailures(Client client) {
		Caller.Service service = caller.service("unreachable", client, server(0).port(), Ports.refusing());
		assertThat(get(service, 20).stream().filter((status) -> status != 200)).containsExactly(0, 0);
		assertThat(service.ejections()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void callsRecoveredInstanceAgain(Client client) {
		int port = Ports.free();
		Caller.Service service = caller.service("recovering", client, server(0).port(), port);
		await().atMost(LIMIT).until(() -> {
			get(service, 1);
			return !service.ejections().isEmpty();
		});
		server(port);
		await().atMost(LIMIT).until(() -> {
			get(service, 1);
			return service.ejections().isEmpty();
		});
		assertThat(get(service, 10)).containsOnly(200);
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void ejectsInstanceAfterFiveServerErrors(Client client) {
		RecordingServer failing = server(0);
		Caller.Service service = caller.service("failing", client, server(0).port(), failing.port());
		failing.answerWith(500);
		assertThat(get(service, 30).stream().filter((status) -> status == 500)).hasSize(5);
		assertThat(failing.arrived()).hasSize(5);
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "WEB_CLIENT" })
	void successfulTrialEndsEjection(Client client) {
		RecordingServer failing = server(0);
		Caller.Service service = caller.service("trial", client, server(0).port(), failing.port());
		failing.answerWith(500);
		await().atMost(LIMIT).until(() -> {
			get(service, 1);
			return !service.ejections().isEmpty();
		});
		failing.answerWith(200);
		failing.arrived().clear();
		await().atMost(LIMIT).until(() -> get(service, 1).contains(200) && !failing.arrived().isEmpty());
		assertThat(failing.arrived()).hasSize(1);
		assertThat(service.ejections()).isEmpty();
		assertThat(get(service, 10)).containsOnly(200);
		assertThat(failing.arrived()).hasSize(6);
	}

	private RecordingServer server(int port) {
		RecordingServer server = RecordingServer.plain("worker", port);
		this.servers.add(server);
		return server;
	}

	private static List<Integer> get(Caller.Service service, int count) {
		return service.statuses(HttpMethod.GET, count);
	}

}
