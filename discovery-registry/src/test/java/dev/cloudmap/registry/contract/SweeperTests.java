package dev.cloudmap.registry.contract;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DeleteServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.ListOperationsResponse;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationSummary;
import software.amazon.awssdk.services.servicediscovery.model.ResourceInUseException;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Resources that the sweeper removes, and its report of the others.
 */
class SweeperTests {

	private final Obstacle obstacle = new Obstacle();

	private TestRegistry registry;

	private ServiceDiscoveryClient client;

	private Sweeper sweeper;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.client = client(this.registry.endpoint());
		this.sweeper = new Sweeper(CloudMapUnderTest.of(this.client, Duration.ofMillis(500)), "swept-");
		for (String name : new String[] { "swept-1", "swept-2", "other" }) {
			String namespace = this.registry.createHttpNamespace(name);
			for (String service : new String[] { "a", "b" }) {
				String id = this.registry.createHttpService(namespace, service);
				this.registry.register(id, "i-1", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
			}
		}
	}

	private ServiceDiscoveryClient client(URI endpoint) {
		return ServiceDiscoveryClient.builder()
			.endpointOverride(endpoint)
			.region(Region.EU_WEST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
			.httpClientBuilder(UrlConnectionHttpClient.builder())
			.overrideConfiguration((configuration) -> configuration
				.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
				.addExecutionInterceptor(this.obstacle))
			.build();
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.registry.close();
	}

	private String[] namespaces() {
		return this.client.listNamespaces().namespaces().stream().map(NamespaceSummary::name).toArray(String[]::new);
	}

	@Test
	void removesNamespacesWithPrefix() {
		assertThat(this.sweeper.remaining()).hasSize(6)
			.anyMatch((line) -> line.startsWith("namespace swept-1 (ns-"))
			.anyMatch((line) -> line.matches(" +service b \\(srv-\\w+\\) with 1 instances"));
		this.sweeper.sweep();
		assertThat(namespaces()).containsExactly("other");
		assertThat(this.sweeper.remaining()).isEmpty();
	}

	@Test
	void continuesAfterStuckCreation() {
		this.obstacle.creation = OperationSummary.builder().id("op-stuck").build();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.sweeper::sweep)
			.withMessageContaining("a namespace being created by the operation op-stuck");
		assertThat(namespaces()).containsExactly("other");
	}

	@Test
	void continuesAfterServiceThatCannotBeDeleted() {
		String first = this.client.listNamespaces()
			.namespaces()
			.stream()
			.filter((namespace) -> namespace.name().equals("swept-1"))
			.findFirst()
			.orElseThrow()
			.id();
		this.obstacle.service = this.client
			.listServices((request) -> request.filters(CloudMapUnderTest.inNamespace(first)))
			.services()
			.stream()
			.filter((service) -> service.name().equals("a"))
			.findFirst()
			.orElseThrow()
			.id();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.sweeper::sweep)
			.withMessageContaining("namespace swept-1 (" + first + ")")
			.withMessageContaining("service a (" + this.obstacle.service + ") with 0 instances")
			.withMessageNotContaining("service b")
			.withMessageNotContaining("swept-2");
		assertThat(namespaces()).containsExactlyInAnyOrder("swept-1", "other");
	}

	/**
	 * A condition that prevents the removal of a resource.
	 */
	private static final class Obstacle implements ExecutionInterceptor {

		/** A creation that does not end. */
		private volatile OperationSummary creation;

		/** The id of a service that cannot be deleted. */
		private volatile String service;

		@Override
		public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
			if (context.request() instanceof DeleteServiceRequest request && request.id().equals(this.service)) {
				throw ResourceInUseException.builder().message("in use").build();
			}
			return context.request();
		}

		@Override
		public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
			return (this.creation != null && context.response() instanceof ListOperationsResponse response)
					? response.toBuilder().operations(this.creation).build() : context.response();
		}

	}

}
