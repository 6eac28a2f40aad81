package dev.cloudmap.discovery.registration.instance;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.aws.Ec2Metadata;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registration.aws.ScriptedMetadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the ports at which an application is reachable.
 */
class ServerPortTests {

	@Test
	void usesThePublishedPortOfTheListeningServer() {
		ServerPort port = ServerPort.of(null);
		assertThatExceptionOfType(NothingToRegisterException.class)
			.isThrownBy(() -> port.registered((listening) -> listening))
			.withMessageContaining("to none if it has none");
		port.listening(8080);
		assertThat(port.registered((listening) -> listening + 1)).hasValue(8081);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void serverThatDoesNotListenHasNoPort(int none) {
		ServerPort port = ServerPort.of("");
		port.listening(none);
		assertThatExceptionOfType(NothingToRegisterException.class)
			.isThrownBy(() -> port.registered((listening) -> listening));
	}

	@Test
	void configuredPortTakesPrecedence() {
		ServerPort port = ServerPort.of(" 9000 ");
		port.listening(8080);
		assertThat(port.registered((listening) -> listening + 1)).hasValue(9000);
	}

	@Test
	void valueNoneMeansNoPort() {
		ServerPort port = ServerPort.of("None");
		port.listening(8080);
		assertThat(port.registered((listening) -> listening)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "65536", "http", "8080x" })
	void explainsInvalidPort(String setting) {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> ServerPort.of(setting))
			.withMessageContaining(
					"discovery.registration.port is '" + setting + "': expected a port from 1 to 65535 or none");
	}

	@Test
	void listeningManagementPortIsAnAttribute() {
		ManagementServer server = server("/manage", null);
		assertThat(attributes(server)).isEmpty();
		server.listening(-1);
		assertThat(attributes(server)).isEmpty();
		server.listening(9001);
		assertThat(attributes(server)).containsOnly(Map.entry("management.port", "9001"),
				Map.entry("management.context-path", "/manage"));
	}

	@Test
	void omitsUnpublishedManagementPort() {
		try (ScriptedMetadata endpoint = new ScriptedMetadata().task("bridge", "EC2")) {
			ManagementServer server = server("/actuator",
					new AwsPlatform(new EcsMetadata(endpoint.ecsUri()), Ec2Metadata.off("test")));
			server.listening(9001);
			assertThat(attributes(server)).isEmpty();
			server.listening(8080);
			assertThat(attributes(server)).containsEntry("management.port", "32768");
		}
	}

	@Test
	void omitsUnreachableManagementPort() {
		ManagementServer server = server(null, null);
		server.listening(9001);
		assertThat(attributes(server)).isEmpty();
	}

	private static ManagementServer server(@Nullable String path, @Nullable AwsPlatform platform) {
		return new ManagementServer(() -> new ManagementServer.Settings(null, path, null), ServerPort.of(null),
				platform);
	}

	private static Map<String, String> attributes(RegistrationCustomizer customizer) {
		Map<String, String> attributes = new HashMap<>();
		customizer.customize(attributes);
		return attributes;
	}

}
