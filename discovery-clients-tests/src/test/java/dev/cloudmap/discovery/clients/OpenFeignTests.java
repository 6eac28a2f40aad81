package dev.cloudmap.discovery.clients;

import java.util.Objects;

import feign.FeignException;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.cloud.openfeign.FeignClientBuilder;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests OpenFeign's clients.
 */
class OpenFeignTests extends ClientContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	/**
	 * Asserts nothing: feign-micrometer does not end the observation of a call that fails
	 * without an answer.
	 */
	@Override
	void assertObservationsHaveEnded() {
	}

	@Override
	void assertFailsWithoutInstance(String host, String reason) {
		Calls client = new FeignClientBuilder(application()).forType(Calls.class, host).build();
		assertThatExceptionOfType(FeignException.ServiceUnavailable.class).isThrownBy(() -> client.get("told"))
			.withMessageContaining(reason)
			.satisfies((failure) -> assertThat(failure.contentUTF8()).contains(reason));
	}

	/** OpenFeign rejects such a name when the application starts. */
	@Override
	@Test
	void invalidHostNameSuggestsAnAlias() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> new FeignClientBuilder(application()).forType(Calls.class, "my_service"))
			.satisfies((failure) -> {
				FailureAnalysis analysis = analyzed(failure);
				assertThat(analysis.getAction()).contains("discovery.aliases.my-service=my_service");
			});
	}

	/** Returns Spring Boot's analysis of a startup failure. */
	private static FailureAnalysis analyzed(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(OpenFeignTests.class)))
			.stream()
			.filter((analyzer) -> analyzer.getClass().getName().startsWith("dev.cloudmap."))
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow();
	}

	/** Returns false: the JDK resolves names only by the operating system. */
	@Override
	boolean resolvesInstances() {
		return false;
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		Calls client = new FeignClientBuilder(application()).forType(Calls.class, host).build();
		try {
			ResponseEntity<String> response = (body != null) ? client.post("told", body) : client.get("told");
			return new Answer(response.getStatusCode().value(), String.valueOf(response.getBody()));
		}
		catch (FeignException ex) {
			if (ex.status() > 0) {
				return new Answer(ex.status(), ex.contentUTF8());
			}
			throw ex;
		}
	}

	@FeignClient("worker")
	interface Calls {

		@GetMapping("/a/b?c=d")
		ResponseEntity<String> get(@RequestHeader("X-Test") String test);

		@PostMapping("/a/b?c=d")
		ResponseEntity<String> post(@RequestHeader("X-Test") String test, @RequestBody String body);

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableFeignClients(clients = Calls.class)
	static class Application {

	}

}
