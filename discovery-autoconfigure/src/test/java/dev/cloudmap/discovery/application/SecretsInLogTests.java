package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.api.signature.Credentials;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application with the credentials of a task role and all loggers at TRACE. Its logs
 * and endpoints contain no credentials.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsInLogTests {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final String ACCESS_KEY = "ASIATESTTESTTESTTEST";

	private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

	private static final String SESSION_TOKEN = "FwoGZXIvYXdzEJr//////session+token/of==";

	private static final String CONTAINER_TOKEN = "Bearer container/token+of==";

	private static final List<String> LOGGERS = List.of("ROOT", "software.amazon.awssdk",
			"software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner", "sun.net.www",
			"sun.net.www.protocol.http.HttpURLConnection", "jdk.internal.httpclient", "dev.cloudmap");

	private final Applications applications = new Applications();

	private HttpServer credentials;

	@BeforeEach
	void haveCredentials() throws IOException {
		this.credentials = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.credentials.createContext("/role", SecretsInLogTests::credentials);
		this.credentials.start();
		System.setProperty("aws.containerCredentialsFullUri",
				"http://127.0.0.1:" + this.credentials.getAddress().getPort() + "/role");
		System.setProperty("aws.containerAuthorizationToken", CONTAINER_TOKEN);
	}

	private static void credentials(HttpExchange exchange) throws IOException {
		boolean known = CONTAINER_TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"));
		byte[] body = """
				{"AccessKeyId": "%s", "SecretAccessKey": "%s", "Token": "%s", "Expiration": "2999-01-01T00:00:00Z"}
				""".formatted(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN).getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(known ? 200 : 403, known ? body.length : -1);
		try (OutputStream out = exchange.getResponseBody()) {
			if (known) {
				out.write(body);
			}
		}
	}

	@AfterEach
	void stop() {
		this.applications.close();
		this.credentials.stop(0);
		System.clearProperty("aws.containerCredentialsFullUri");
		System.clearProperty("aws.containerAuthorizationToken");
		LoggingSystem system = LoggingSystem.get(getClass().getClassLoader());
		LOGGERS.forEach((logger) -> system.setLogLevel(logger, logger.equals("ROOT") ? LogLevel.INFO : null));
	}

	@Test
	void logsAndEndpointsContainNoCredentials(CapturedOutput output) throws Exception {
		RegistryOptions options = RegistryOptions.defaults()
			.withHttpPort(0)
			.withDnsPort(0)
			.withCredentials(Credentials.of(ACCESS_KEY, SECRET_KEY));
		try (RegistryServer server = RegistryServer.start(options)) {
			ConfigurableApplicationContext worker = this.applications.worker(properties(server));
			RegistrationReconciler reconciler = worker.getBean(RegistrationReconciler.class);
			await().atMost(LIMIT).until(() -> reconciler.state().phase() == Phase.REGISTERED);
			awaitInstances(worker, 1);
			assertThat(output.getAll()).contains("{X-Amz-Security-Token: (hidden)}", "{Authorization: (hidden)}",
					"/watch?namespace=corp");
			assertNoCredentialIn(output.getAll());
			assertNoCredentialIn(shown(worker));
			this.applications.close();
			assertNoCredentialIn(output.getAll());
		}
	}

	@Test
	void errorOfRejectedRequestContainsNoCredentials(CapturedOutput output) throws Exception {
		RegistryOptions options = RegistryOptions.defaults()
			.withHttpPort(0)
			.withDnsPort(0)
			.withCredentials(Credentials.of(ACCESS_KEY, "another"));
		try (RegistryServer server = RegistryServer.start(options)) {
			ConfigurableApplicationContext worker = this.applications.worker(properties(server));
			RegistrationReconciler reconciler = worker.getBean(RegistrationReconciler.class);
			await().atMost(LIMIT).until(() -> reconciler.state().problem() != null);
			assertNoCredentialIn(reconciler.state().problem());
			assertNoCredentialIn(shown(worker));
			assertNoCredentialIn(output.getAll());
		}
	}

	private static String[] properties(RegistryServer server) {
		return Stream.concat(LOGGERS.stream().map((logger) -> "logging.level." + logger + "=TRACE"),
				Stream.of("discovery.cloud-map.endpoint=" + server.endpoint(), "discovery.cloud-map.create=namespaces",
						"discovery.cloud-map.vpc=vpc-1", "discovery.lookup.mode=api",
						"discovery.registration.host=127.0.0.1", "management.endpoints.web.exposure.include=*"))
			.toArray(String[]::new);
	}

	private static String shown(ConfigurableApplicationContext application) throws Exception {
		StringBuilder shown = new StringBuilder();
		HttpClient client = HttpClient.newHttpClient();
		for (String path : List.of("health", "discovery", "env", "configprops", "beans")) {
			URI uri = URI.create("http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port")
					+ "/actuator/" + path);
			shown.append(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
		}
		return shown.toString();
	}

	private static void assertNoCredentialIn(String text) {
		for (String secret : List.of(SECRET_KEY, SESSION_TOKEN, CONTAINER_TOKEN)) {
			byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
			for (String form : List.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8),
					secret.replace("/", "\\/"), Base64.getEncoder().encodeToString(bytes),
					Base64.getEncoder().encodeToString(("AWS4" + secret).getBytes(StandardCharsets.UTF_8)))) {
				assertThat(text.lines().filter((line) -> line.contains(form))).isEmpty();
			}
		}
		assertThat(text.lines().filter((line) -> line.matches(".*Signature=[0-9a-f]{64}.*"))).isEmpty();
	}

}
