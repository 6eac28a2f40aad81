package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.cloudmap.call.CallBudget;
import dev.cloudmap.discovery.registry.cloudmap.call.CallBudgetExceededException;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.MissingCredentialsException;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests answers that a healthy registry does not give.
 */
class CloudMapFailureTests {

	private final AtomicLong ticker = new AtomicLong();

	private ScriptedEndpoint endpoint;

	@BeforeEach
	void start() throws IOException {
		this.endpoint = ScriptedEndpoint
			.withService(new CallMeter(() -> true, new CallBudget(1, 50, this.ticker::get)));
	}

	@AfterEach
	void stop() {
		this.endpoint.close();
	}

	@Test
	void namesUnreachableRegistry() {
		URI nowhere = URI.create("http://127.0.0.1:" + Ports.refusing());
		this.endpoint.connect(nowhere, AnonymousCredentialsProvider.create());
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessageContaining("Cloud Map at " + nowhere + " could not be reached for DiscoverInstances")
			.withMessageContaining("Connection refused");
	}

	@Test
	void missingCredentialsSuggestSettings() {
		this.endpoint.connect(this.endpoint.uri(), () -> {
			throw SdkClientException.create("Unable to load credentials from any of the providers in the chain");
		});
		assertThatExceptionOfType(MissingCredentialsException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessageContaining("No AWS credentials were found for DiscoverInstances")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("AWS_ACCESS_KEY_ID")
				.contains("discovery.registry=embedded"));
	}

	@Test
	void serverErrorIsUnavailable() {
		this.endpoint.error("DiscoverInstances", 500, "InternalFailure", "try later");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessage("Cloud Map at " + this.endpoint.uri()
					+ " answered DiscoverInstances with InternalFailure: try later");
	}

	@Test
	void emptyErrorIsReportedByItsStatus() {
		this.endpoint.answer("DiscoverInstances", 503, "");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessageContaining(
					"Cloud Map at " + this.endpoint.uri() + " answered DiscoverInstances with status 503")
			.withMessageNotContaining("null");
	}

	@Test
	void throttlingIsUnavailable() {
		this.endpoint.error("DiscoverInstances", 400, "RequestLimitExceeded", "Rate exceeded");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessageContaining("Rate exceeded");
	}

	@Test
	void namesMissingPermission() {
		this.endpoint.error("DiscoverInstances", 400, "AccessDeniedException", "not you");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.withMessageContaining("not you")
			.withMessageContaining("'servicediscovery:DiscoverInstances'");
		this.endpoint.answer("DiscoverInstances", 403, "");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.isNotInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("status 403")
			.withMessageContaining("'servicediscovery:DiscoverInstances'");
	}

	@Test
	void disallowedHostIsNoMissingPermission() {
		this.endpoint.error("DiscoverInstances", 403, "HostNotAllowed", "start it with --allowed-hosts corp");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER))
			.isNotInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("HostNotAllowed: start it with --allowed-hosts corp")
			.withMessageNotContaining("servicediscovery:");
	}

	@Test
	void namesMissingPermissionForGetOperation() {
		this.endpoint.error("GetOperation", 400, "AccessDeniedException", "not you");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry().register(ScriptedEndpoint.INSTANCE))
			.withMessageContaining("not you")
			.withMessageContaining("'servicediscovery:GetOperation'");
	}

	@Test
	void serverErrorOfGetOperationIsUnavailable() {
		this.endpoint.error("GetOperation", 500, "InternalFailure", "try later");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().register(ScriptedEndpoint.INSTANCE))
			.withMessageContaining("GetOperation")
			.withMessageContaining("try later");
	}

	@Test
	void failedOperationHasAReason() {
		this.endpoint.answer("GetOperation", """
				{"Operation":{"Id":"op-1","Status":"FAIL","ErrorCode":"CANNOT_CREATE_HOSTED_ZONE",
				"ErrorMessage":"no zone"}}""");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry().register(ScriptedEndpoint.INSTANCE))
			.withMessageContaining("RegisterInstance")
			.withMessageContaining("op-1")
			.withMessageContaining("CANNOT_CREATE_HOSTED_ZONE: no zone");
	}

	@Test
	void skipsInstancesWithInvalidAddress() {
		this.endpoint.answer("DiscoverInstances", """
				{"Instances":[
				{"InstanceId":"good","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}},
				{"InstanceId":"zero","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"0"}},
				{"InstanceId":"words","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"http"}},
				{"InstanceId":"sentence","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_CNAME":"no host","AWS_INSTANCE_PORT":"8080"}},
				{"InstanceId":"blank","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"","AWS_INSTANCE_PORT":"8080"}}]}""");
		assertThat(registry().discover(ScriptedEndpoint.WORKER).instances()).extracting(Instance::id)
			.containsExactly("good");
	}

	@Test
	void missingHealthIsUnknown() {
		this.endpoint.answer("DiscoverInstances", """
				{"Instances":[{"InstanceId":"i-1",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}}]}""");
		assertThat(registry().discover(ScriptedEndpoint.WORKER).instances()).singleElement()
			.extracting(Instance::health)
			.isEqualTo(HealthStatus.UNKNOWN);
	}

	@ParameterizedTest
	@CsvSource({ "400, AccessDeniedException", "500, InternalFailure" })
	void discoversByNameIfNamespacesCannotBeListed(int status, String code) {
		this.endpoint.error("ListNamespaces", status, code, "not you");
		this.endpoint.answer("DiscoverInstances", """
				{"Instances":[{"InstanceId":"i-1","NamespaceName":"corp","ServiceName":"worker",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}}]}""");
		assertThat(registry().discover(ScriptedEndpoint.WORKER).instances()).hasSize(1);
		long asked = registry().calls().of("ListNamespaces").calls();
		assertThat(registry().discover(ScriptedEndpoint.WORKER).instances()).hasSize(1);
		assertThat(registry().calls().of("ListNamespaces").calls()).isEqualTo(asked);
	}

	@Test
	void countsRetriesOfTheSdk() {
		this.endpoint.error("DiscoverInstances", 500, "InternalFailure", "try later");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> registry().discover(ScriptedEndpoint.WORKER));
		int tried = this.endpoint.requests() - (int) registry().calls().of("ListNamespaces").calls();
		assertThat(tried).isGreaterThan(1);
		assertThat(registry().calls().of("DiscoverInstances")).isEqualTo(new Count(tried, tried, 0));
	}

	@Test
	void countsEveryPollOfAnOperation() {
		this.endpoint.answer("GetOperation", "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"PENDING\"}}");
		Thread registering = new Thread(() -> registry().register(ScriptedEndpoint.INSTANCE));
		registering.start();
		await().until(() -> registry().calls().of("GetOperation").calls() > 2);
		this.endpoint.answer("GetOperation", "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}}");
		await().until(() -> !registering.isAlive());
		assertThat(registry().calls().of("GetOperation").failures()).isZero();
		assertThat(registry().calls().of("RegisterInstance")).isEqualTo(new Count(1, 0, 0));
	}

	@Test
	void makesNoCallBeyondTheBudget() {
		this.endpoint.answer("ListServices", "{\"Services\":[]}");
		// an empty list is not cached
		assertThatExceptionOfType(CallBudgetExceededException.class).isThrownBy(() -> {
			for (int i = 0; i < 50; i++) {
				registry().services(ScriptedEndpoint.WORKER.namespace());
			}
		}).withMessageContaining("expected no more than 200 calls a second and 1000 at once");
		int asked = this.endpoint.requests();
		assertThatExceptionOfType(CallBudgetExceededException.class)
			.isThrownBy(() -> registry().services(ScriptedEndpoint.WORKER.namespace()));
		assertThat(this.endpoint.requests()).isEqualTo(asked);
		assertThatCode(() -> registry().register(ScriptedEndpoint.INSTANCE))
			.isInstanceOf(CallBudgetExceededException.class);
		this.ticker.addAndGet(Duration.ofSeconds(10).toNanos());
		assertThat(registry().services(ScriptedEndpoint.WORKER.namespace())).isEmpty();
	}

	@Test
	void watchableRegistryHasNoBudget() {
		this.endpoint.revision("7");
		this.endpoint.answer("ListServices", "{\"Services\":[]}");
		for (int i = 0; i < 50; i++) {
			assertThat(registry().services(ScriptedEndpoint.WORKER.namespace())).isEmpty();
		}
	}

	private CloudMapRegistry registry() {
		return this.endpoint.registry();
	}

}
