package dev.cloudmap.registry.api.operation;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.BareApi;
import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RateLimiterTests {

	private static final Emulation THROTTLING = Emulation.NONE.withThrottling();

	private final ManualScheduler scheduler = new ManualScheduler();

	private final AtomicReference<Emulation> emulation = new AtomicReference<>(THROTTLING);

	private final RateLimiter throttle = new RateLimiter(this.scheduler, this.emulation::get);

	private int admitted(String operation) {
		int admitted = 0;
		while (admitted < 10_000) {
			try {
				this.throttle.admit(operation);
			}
			catch (RejectedRequestException ex) {
				return admitted;
			}
			admitted++;
		}
		return admitted;
	}

	@ParameterizedTest
	@CsvSource({ "DiscoverInstances, 2000, 1000", "DiscoverInstancesRevision, 3000, 3000", "ListInstances, 50, 50",
			"CreateService, 50, 5", "ListServices, 10, 2", "RegisterInstance, 100, 50", "DeregisterInstance, 100, 50",
			"UpdateInstanceCustomHealthStatus, 100, 50", "GetOperation, 200, 100", "TagResource, 100, 50" })
	void allowsBurstThenRate(String operation, int burst, int perSecond) {
		assertThat(admitted(operation)).isEqualTo(burst);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(admitted(operation)).isEqualTo(perSecond);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(admitted(operation)).isEqualTo(burst);
	}

	@ParameterizedTest
	@CsvSource({ "ListNamespaces", "CreateHttpNamespace", "CreatePrivateDnsNamespace", "CreatePublicDnsNamespace" })
	void supportsSlowRates(String operation) {
		assertThat(admitted(operation)).isEqualTo(5);
		this.scheduler.advance(Duration.ofMillis(1999));
		assertThat(admitted(operation)).isZero();
		this.scheduler.advance(Duration.ofMillis(1));
		assertThat(admitted(operation)).isOne();
	}

	@Test
	void usesOneBucketPerOperation() {
		assertThat(admitted("ListServices")).isEqualTo(10);
		assertThat(admitted("ListNamespaces")).isEqualTo(5);
		assertThat(admitted("DiscoverInstances")).isEqualTo(2000);
		assertThat(admitted("DiscoverInstancesRevision")).isEqualTo(3000);
	}

	@Test
	void rejectionHasErrorType() {
		admitted("ListNamespaces");
		assertThatExceptionOfType(RejectedRequestException.class)
			.isThrownBy(() -> this.throttle.admit("ListNamespaces"))
			.withMessage("Rate exceeded")
			.satisfies((refusal) -> assertThat(refusal.type()).isEqualTo("ThrottlingException"));
		admitted("DiscoverInstances");
		assertThatExceptionOfType(RejectedRequestException.class)
			.isThrownBy(() -> this.throttle.admit("DiscoverInstances"))
			.withMessage("Rate exceeded")
			.satisfies((refusal) -> assertThat(refusal.type()).isEqualTo("RequestLimitExceeded"));
	}

	@Test
	void isDisabledByDefault() {
		this.emulation.set(Emulation.NONE);
		assertThat(admitted("ListNamespaces")).isEqualTo(10_000);
		this.emulation.set(THROTTLING);
		assertThat(admitted("ListNamespaces")).isEqualTo(5);
		this.emulation.set(Emulation.NONE);
		assertThat(admitted("ListNamespaces")).isEqualTo(10_000);
	}

	@Test
	void countsTokensAcrossThreads() {
		long passed = IntStream.range(0, 20_000).parallel().filter((i) -> {
			try {
				this.throttle.admit("DiscoverInstances");
				return true;
			}
			catch (RejectedRequestException ex) {
				return false;
			}
		}).count();
		assertThat(passed).isEqualTo(2000);
	}

	@Test
	void clientsReceiveThrottlingErrors() {
		try (TestRegistry registry = TestRegistry.start((options) -> options.withEmulation(THROTTLING))) {
			String namespace = registry.createHttpNamespace("corp");
			registry.createHttpService(namespace, "worker");
			assertThatExceptionOfType(ServiceDiscoveryException.class).isThrownBy(() -> {
				for (int i = 0; i < 20; i++) {
					registry.client().listNamespaces();
				}
			}).satisfies((refusal) -> {
				assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException");
				assertThat(refusal.awsErrorDetails().errorMessage()).isEqualTo("Rate exceeded");
				assertThat(refusal.statusCode()).isEqualTo(400);
				assertThat(refusal.isThrottlingException()).isTrue();
			});
		}
	}

	@Test
	void discoveryHasOwnThrottlingError() throws Exception {
		try (BareApi api = new BareApi(Journal.NONE, this.emulation::get, BareApi.PATIENT)) {
			HttpRequest request = api.request("DiscoverInstances",
					"{\"NamespaceName\":\"corp\",\"ServiceName\":\"worker\"}");
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			for (int i = 0; i < 2000; i++) {
				assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("NamespaceNotFound");
			}
			assertThat(client.send(request, BodyHandlers.ofString()).body())
				.isEqualTo("{\"__type\":\"RequestLimitExceeded\",\"Message\":\"Rate exceeded\"}");
			this.emulation.set(Emulation.NONE);
			assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("NamespaceNotFound");
		}
	}

}
