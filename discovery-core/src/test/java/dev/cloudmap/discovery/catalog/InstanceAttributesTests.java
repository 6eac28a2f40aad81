package dev.cloudmap.discovery.catalog;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.attribute.AttributeNeed;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances from DNS with attributes from the API.
 */
@ExtendWith(OutputCaptureExtension.class)
class InstanceAttributesTests {

	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private final ManualTimer timer = new ManualTimer();

	private final List<Instance> dns = new ArrayList<>();

	private CompletableFuture<InstanceSet> api = new CompletableFuture<>();

	private final List<ServiceName> apiCalls = new ArrayList<>();

	private AttributeNeed need = AttributeNeed.USED;

	private final ScriptedSignal signal = new ScriptedSignal();

	private final InstanceCatalog catalog = new InstanceCatalog(Namespaces.of(TestCatalog.CORP),
			(service) -> CompletableFuture
				.completedFuture(new InstanceSet(service, this.dns, "dns", null, Set.of(), Detail.ADDRESSES)),
			new AttributeSource(this::askApi, (service) -> this.need), this.signal, this.timer, TestCatalog.SETTINGS,
			null, List.of());

	private CompletableFuture<InstanceSet> askApi(ServiceName service) {
		this.apiCalls.add(service);
		return this.api;
	}

	@Nested
	class FirstLookup {

		@Test
		void waitsForAttributes() {
			dnsReturns(instance("a", 1));
			CompletableFuture<List<ServiceInstance>> found = lookup();
			assertThat(found).isNotDone();
			InstanceAttributesTests.this.api.complete(apiSet(instance("a", 1, Map.of("slot", "blue"))));
			assertThat(found.join()).singleElement()
				.satisfies((instance) -> assertThat(instance.getMetadata()).containsEntry("slot", "blue"));
		}

		@Test
		void completesWithoutLateAttributesAndAddsThemLater() {
			dnsReturns(instance("a", 1));
			CompletableFuture<List<ServiceInstance>> found = lookup();
			InstanceAttributesTests.this.timer.advance(TestCatalog.SETTINGS.timeout());
			assertThat(found.join()).extracting(ServiceInstance::getMetadata).containsExactly(Map.of());
			InstanceAttributesTests.this.api.complete(apiSet(instance("a", 1, Map.of("secure", "true"))));
			InstanceAttributesTests.this.timer.advance(Duration.ofMillis(10));
			assertThat(known()).extracting(ServiceInstance::isSecure).containsExactly(true);
		}

		@Test
		void usesInstancesThatTheApiDoesNotReturn() {
			dnsReturns(instance("a", 1), instance("b", 2));
			apiReturns();
			assertThat(known()).hasSize(2).allSatisfy((instance) -> assertThat(instance.getMetadata()).isEmpty());
		}

		@Test
		void usesAttributesFromBeforeTheServiceWasIdle() {
			dnsReturns(instance("a", 1));
			apiReturns(instance("a", 1, Map.of("secure", "true")));
			known();
			InstanceAttributesTests.this.timer.advance(Duration.ofMinutes(11));
			assertThat(InstanceAttributesTests.this.catalog.watched()).isEmpty();
			apiFails();
			dnsReturns(instance("a", 1), instance("b", 2));
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
			assertThat(known()).extracting(ServiceInstance::isSecure).containsExactly(true);
		}

	}

	@Nested
	class NewInstance {

		@Test
		void isUsedAtOnceIfTheApiReturnsIt() {
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("a", 1), instance("b", 2));
			apiReturns(instance("a", 1, Map.of("slot", "blue")), instance("b", 2, Map.of("slot", "green")));
			advance(ONE_REFRESH);
			assertThat(known()).extracting((instance) -> instance.getMetadata().get("slot"))
				.containsExactly("blue", "green");
		}

		@Test
		void isNotUsedUntilTheApiReturnsIt() {
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("a", 1), instance("b", 2));
			advance(ONE_REFRESH);
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
			assertThat(InstanceAttributesTests.this.catalog.service("worker").pending()).containsExactly("b");
			apiReturns(instance("b", 2, Map.of("slot", "green")));
			// after the second retry, whose delay of two seconds is jittered
			advance(Duration.ofSeconds(3));
			assertThat(known()).extracting((instance) -> instance.getMetadata().get("slot"))
				.containsExactly("blue", "green");
			assertThat(InstanceAttributesTests.this.catalog.service("worker").pending()).isEmpty();
		}

		@Test
		void isUsedWithoutAttributesAfterAFewSeconds() {
			knownWorkerA(Map.of());
			dnsReturns(instance("a", 1), instance("b", 2));
			advance(ONE_REFRESH);
			assertThat(known()).hasSize(1);
			advance(InstanceAttributeLookup.MAX_WAIT);
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a", "b");
		}

		@Test
		void waitsAlsoIfItReplacesTheLastSecureInstance() {
			knownWorkerA(Map.of("secure", "true"));
			dnsReturns(instance("b", 2));
			advance(ONE_REFRESH);
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
			apiReturns(instance("b", 2, Map.of("secure", "true")));
			advance(Duration.ofSeconds(4));
			assertThat(known()).filteredOn((instance) -> instance.getInstanceId().equals("b"))
				.extracting(ServiceInstance::isSecure)
				.containsExactly(true);
		}

		@Test
		void isLookedUpAgainSoonAlsoAfterManyReportedChanges() {
			knownWorkerA(Map.of("secure", "true"));
			for (int change = 0; change < 20; change++) {
				InstanceAttributesTests.this.signal.change();
				advance(Duration.ofSeconds(1));
			}
			dnsReturns(instance("a", 1), instance("b", 2));
			InstanceAttributesTests.this.signal.change();
			advance(Duration.ofMillis(100));
			apiReturns(instance("a", 1, Map.of("secure", "true")), instance("b", 2, Map.of("secure", "true")));
			advance(Duration.ofSeconds(2));
			assertThat(known()).hasSize(2);
		}

		@Test
		void isUsedAtOnceIfThereIsNoOther() {
			knownWorkerA(Map.of());
			dnsReturns(instance("b", 2));
			apiFails();
			advance(ONE_REFRESH);
			assertThat(known()).extracting(ServiceInstance::getInstanceId).contains("b");
		}

		@Test
		void isNotUsedWhileOthersAreSecure() {
			knownWorkerA(Map.of("secure", "true"));
			dnsReturns(instance("a", 1), instance("b", 2));
			apiFails();
			advance(Duration.ofMinutes(1));
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
			apiReturns(instance("a", 1, Map.of("secure", "true")), instance("b", 2, Map.of("secure", "true")));
			advance(Duration.ofMinutes(1));
			assertThat(known()).extracting(ServiceInstance::getUri)
				.containsExactly(URI.create("https://10.0.0.1:1"), URI.create("https://10.0.0.1:2"));
		}

		@Test
		void hasNoAttributesOfAnInstanceWithTheSameAddress() {
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("b", 1));
			apiFails();
			advance(ONE_REFRESH);
			assertThat(known()).filteredOn((instance) -> instance.getInstanceId().equals("b"))
				.extracting(ServiceInstance::getMetadata)
				.containsExactly(Map.of());
		}

		@Test
		void hasNoAttributesOfAnInstanceWithTheSameId() {
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("a", 7));
			apiFails();
			advance(ONE_REFRESH);
			assertThat(known()).filteredOn((instance) -> instance.getPort() == 7)
				.extracting(ServiceInstance::getMetadata)
				.containsExactly(Map.of());
		}

	}

	@Nested
	class Subset {

		@Test
		void usesNoInstanceWhoseAttributesAreUnknown() {
			InstanceAttributesTests.this.need = AttributeNeed.REQUIRED;
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("a", 1), instance("b", 2));
			apiFails();
			advance(Duration.ofMinutes(1));
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
		}

		@Test
		void failsTheFirstLookupWithoutAttributes() {
			InstanceAttributesTests.this.need = AttributeNeed.REQUIRED;
			dnsReturns(instance("a", 1));
			apiFails();
			assertThat(lookup()).isCompletedExceptionally();
			assertThat(InstanceAttributesTests.this.catalog.service("worker").failure())
				.hasMessageContaining("unavailable");
		}

		@Test
		void keepsTheLastListWithoutAttributes() {
			InstanceAttributesTests.this.need = AttributeNeed.REQUIRED;
			knownWorkerA(Map.of("slot", "blue"));
			dnsReturns(instance("b", 2));
			apiFails();
			advance(Duration.ofMinutes(1));
			assertThat(known()).extracting(ServiceInstance::getInstanceId).containsExactly("a");
		}

	}

	@Nested
	class ApiCalls {

		@Test
		void happenAtChangesAndEveryTenMinutes() {
			knownWorkerA(Map.of());
			advance(Duration.ofMinutes(8));
			assertThat(InstanceAttributesTests.this.apiCalls).hasSize(1);
			dnsReturns(instance("a", 1), instance("b", 2));
			apiReturns(instance("a", 1), instance("b", 2));
			advance(Duration.ofMinutes(8));
			assertThat(InstanceAttributesTests.this.apiCalls).hasSize(2);
			dnsReturns(instance("b", 2));
			apiReturns(instance("b", 2, Map.of("weight", "3")));
			advance(Duration.ofMinutes(4));
			assertThat(InstanceAttributesTests.this.apiCalls).hasSize(3);
			assertThat(known()).extracting(ServiceInstance::getMetadata).containsExactly(Map.of("weight", "3"));
		}

		@Test
		void happenAfterAReportedChange() {
			knownWorkerA(Map.of("slot", "blue"));
			apiReturns(instance("a", 1, Map.of("slot", "green")));
			InstanceAttributesTests.this.signal.change();
			advance(Duration.ofMillis(100));
			assertThat(known()).extracting(ServiceInstance::getMetadata).containsExactly(Map.of("slot", "green"));
		}

		@Test
		void becomeRareForAnInstanceThatTheApiNeverReturns() {
			knownWorkerA(Map.of());
			dnsReturns(instance("a", 1), instance("b", 2));
			advance(Duration.ofHours(1));
			assertThat(InstanceAttributesTests.this.apiCalls).hasSizeBetween(10, 20);
		}

		@Test
		void continueAfterFailures() {
			knownWorkerA(Map.of());
			dnsReturns(instance("a", 1), instance("b", 2));
			apiFails();
			advance(Duration.ofMinutes(5));
			assertThat(known()).hasSize(2);
			apiReturns(instance("a", 1), instance("b", 2, Map.of("weight", "3")));
			advance(Duration.ofMinutes(1));
			assertThat(known().get(1).getMetadata()).containsEntry("weight", "3");
		}

		@Test
		void delayOneLookupOnlyIfTheApiIsUnresponsive() {
			knownWorkerA(Map.of());
			InstanceAttributesTests.this.api = new CompletableFuture<>();
			dnsReturns(instance("a", 1), instance("b", 2));
			advance(ONE_REFRESH.plus(TestCatalog.SETTINGS.timeout()));
			dnsReturns(instance("b", 2));
			advance(ONE_REFRESH);
			assertThat(known()).extracting(ServiceInstance::getInstanceId).contains("b");
			assertThat(InstanceAttributesTests.this.apiCalls).hasSize(2);
		}

		@Test
		void areLoggedOnceIfDenied(CapturedOutput output) {
			dnsReturns(instance("a", 1));
			InstanceAttributesTests.this.api = CompletableFuture.failedFuture(
					new AccessDeniedException("DiscoverInstances is not allowed", "Add it to the role", null));
			known();
			InstanceAttributesTests.this.catalog.service("other").instances().join();
			dnsReturns(instance("a", 1), instance("b", 2));
			advance(ONE_REFRESH);
			assertThat(known()).hasSize(2);
			assertThat(InstanceAttributesTests.this.apiCalls).hasSize(2);
			assertThat(output.getAll().split("DiscoverInstances is not allowed", -1)).hasSize(2);
			assertThat(output).contains("discovery.lookup.metadata=false");
		}

	}

	private void knownWorkerA(Map<String, String> attributes) {
		dnsReturns(instance("a", 1));
		apiReturns(instance("a", 1, attributes));
		assertThat(known()).hasSize(1);
	}

	private void advance(Duration duration) {
		Duration left = duration;
		// requests keep the service from becoming idle
		for (; left.compareTo(Duration.ofMinutes(1)) > 0; left = left.minusMinutes(1)) {
			this.timer.advance(Duration.ofMinutes(1));
			known();
		}
		this.timer.advance(left);
	}

	private CompletableFuture<List<ServiceInstance>> lookup() {
		return this.catalog.service("worker").instances();
	}

	private List<ServiceInstance> known() {
		return lookup().join();
	}

	private void dnsReturns(Instance... instances) {
		this.dns.clear();
		this.dns.addAll(List.of(instances));
	}

	private void apiReturns(Instance... instances) {
		this.api = CompletableFuture.completedFuture(apiSet(instances));
	}

	private void apiFails() {
		this.api = CompletableFuture.failedFuture(new RegistryUnavailableException("unavailable", null));
	}

	private static InstanceSet apiSet(Instance... instances) {
		return new InstanceSet(WORKER, List.of(instances), "api");
	}

	private static Instance instance(String id, int port) {
		return instance(id, port, Map.of());
	}

	private static Instance instance(String id, int port, Map<String, String> attributes) {
		return new Instance(WORKER, id, "10.0.0.1", port, HealthStatus.UNKNOWN, attributes);
	}

}
