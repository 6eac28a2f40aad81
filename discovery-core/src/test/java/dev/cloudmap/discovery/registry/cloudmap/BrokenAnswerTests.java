package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.URI;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.UnexpectedAnswerException;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the errors of the adapter when the connection breaks in the middle of an answer.
 */
class BrokenAnswerTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final String CHUNKED = "Content-Type: application/x-amz-json-1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

	private static final String CUT = "50\r\n{\"__type\":\"InvalidInput\",";

	private volatile String answer = "";

	private ScriptedServer server;

	private ServiceDiscoveryClient client;

	private CloudMapRegistry registry;

	@BeforeEach
	void start() throws IOException {
		this.server = ScriptedServer.running((connection) -> {
			connection.readRequest();
			connection.send(this.answer);
		});
		URI uri = this.server.uri();
		this.client = TestClients.retryingAtOnce(uri).build();
		this.registry = new CloudMapRegistry(this.client, new RegistryInfo("cloud-map", uri.toString(), null, Set.of()),
				new CreationPolicy(CreationPolicy.Scope.NAMESPACES, null), null, (service) -> null,
				new CallMeter(() -> false), new WatchClient(new ManualTimer(), Runnable::run, Runnable::run));
	}

	@AfterEach
	void stop() throws IOException {
		this.client.close();
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "503 Service Unavailable", "500 Internal Server Error" })
	void serverErrorIsClassifiedByItsStatus(String status) {
		this.answer = "HTTP/1.1 " + status + "\r\n" + CHUNKED + CUT;
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("answered DiscoverInstances with status " + status.substring(0, 3));
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.registry.services(WORKER.namespace()));
	}

	@Test
	void refusalIsClassifiedByItsStatus() {
		this.answer = "HTTP/1.1 400 Bad Request\r\n" + CHUNKED + CUT;
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("status 400");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "7", "\"no\"", "{\"__type\":null}", "<html>" })
	void foreignRefusalHasAReason(String body) {
		this.answer = "HTTP/1.1 400 Bad Request\r\n" + complete(body);
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.satisfies((ex) -> assertThat(ex.getMessage()).containsAnyOf("status 400", "expected the JSON of Cloud Map")
				.doesNotContain("null", "unmarshall"));
	}

	@Test
	void emptyCompressedErrorIsUnavailable() {
		this.answer = "HTTP/1.1 503 x\r\nContent-Encoding: gzip\r\n" + complete("");
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER));
	}

	@ParameterizedTest
	@ValueSource(strings = { CHUNKED + "50\r\n{\"Instances\":[", CHUNKED })
	void truncatedAnswerIsABrokenConnection(String rest) {
		this.answer = "HTTP/1.1 200 OK\r\n" + rest;
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.isNotInstanceOf(UnexpectedAnswerException.class)
			.withMessageContaining("broke off")
			.withMessageContaining("DiscoverInstances");
	}

	@ParameterizedTest
	@ValueSource(strings = { "<html>", "{\"Instances\":[", "\u00ff\u00fe{}" })
	void completeAnswerWithoutJsonIsReportedAsInvalid(String body) {
		this.answer = "HTTP/1.1 200 OK\r\n" + complete(body);
		assertThatExceptionOfType(UnexpectedAnswerException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("expected the JSON of Cloud Map");
	}

	/**
	 * States that the connection is closed. Otherwise a retry might use it meanwhile.
	 */
	private static String complete(String body) {
		return "Content-Type: application/x-amz-json-1.1\r\nConnection: close\r\nContent-Length: " + body.length()
				+ "\r\n\r\n" + body;
	}

}
