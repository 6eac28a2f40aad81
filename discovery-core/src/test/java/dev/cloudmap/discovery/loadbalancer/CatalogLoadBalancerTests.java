package dev.cloudmap.discovery.loadbalancer;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.call.TestCalls;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.Subset;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class CatalogLoadBalancerTests {

	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private static final Request<Object> REQUEST = new DefaultRequest<>();

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> answer = found("a", "b", "c", "d");

	private final InstanceCatalog catalog = TestCatalog.of((service) -> this.answer, this.timer);

	private final TestBalancing balancing = new TestBalancing();

	private final CallStatistics statistics = this.balancing.statistics();

	private final CatalogLoadBalancer balancer = new CatalogLoadBalancer("worker", this.catalog, this.statistics, null,
			TestOtherClients.NONE);

	@Test
	void rotatesAndFollowsTheCatalog() {
		assertThat(calls(REQUEST, 40)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10, "d", 10));
		this.answer = found("b", "c", "d", "e");
		this.timer.advance(ONE_REFRESH);
		assertThat(calls(REQUEST, 40)).isEqualTo(Map.of("b", 10, "c", 10, "d", 10, "e", 10));
	}

	@Test
	void rotationContinuesWhenAttributesOfInstancesArrive() {
		Map<String, Integer> calls = new TreeMap<>();
		for (int i = 0; i < 40; i++) {
			String revision = String.valueOf(i);
			this.answer = CompletableFuture.completedFuture(set(instance("a", Map.of("revision", revision)),
					instance("b", Map.of()), instance("c", Map.of()), instance("d", Map.of())));
			this.timer.advance(ONE_REFRESH);
			assertThat(instance("a").getMetadata()).containsEntry("revision", revision);
			calls(REQUEST, 1).forEach((id, count) -> calls.merge(id, count, Integer::sum));
		}
		assertThat(calls).isEqualTo(Map.of("a", 10, "b", 10, "c", 10, "d", 10));
	}

	@Test
	void eachSubscriptionAndEachBlockIsAnotherChoice() {
		this.balancer.choose(REQUEST).block();
		Mono<Response<ServiceInstance>> choice = this.balancer.choose(REQUEST);
		List<Attempt> attempts = Stream
			.of(choice.block(), choice.block(), choice.toFuture().join(), choice.map(Function.identity()).block())
			.map((response) -> (Attempt) response.getServer())
			.toList();
		assertThat(attempts).doesNotHaveDuplicates().extracting(Attempt::getInstanceId).doesNotHaveDuplicates();
		assertThat(choice.block()).isInstanceOf(Attempt.class);
	}

	@Test
	void concurrentChoiceFromAnOldListKeepsStatistics() {
		AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
		});
		CallStatistics statistics = new CallStatistics(
				(service) -> new BalancingSettings(BalancingAlgorithm.ROUND_ROBIN, TestBalancing.POLICY, () -> {
					meanwhile.getAndSet(() -> {
					}).run();
					return null;
				}, Subset.ALL), CallListener.NONE, Prober.NONE, this.balancing.nanos::get, () -> Instant.EPOCH);
		CatalogLoadBalancer alias = new CatalogLoadBalancer("worker.corp", this.catalog, statistics, null,
				TestOtherClients.NONE);
		CatalogLoadBalancer slow = new CatalogLoadBalancer("worker", this.catalog, statistics, null,
				TestOtherClients.NONE);
		alias.choose(REQUEST).block();
		meanwhile.set(() -> {
			this.answer = found("b", "c", "d", "e");
			this.timer.advance(ONE_REFRESH);
			alias.choose(REQUEST).block();
		});
		slow.choose(REQUEST).block();
		for (CatalogLoadBalancer balancer : List.of(alias, slow)) {
			for (int i = 0; i < 4; i++) {
				ServiceInstance chosen = balancer.choose(REQUEST).block().getServer();
				assertThat(chosen.getInstanceId()).isIn("b", "c", "d", "e");
				InstanceStatistics known = Candidate.of(chosen, TestBalancing.worker(statistics)).statistics();
				Attempt attempt = Attempt.of(chosen);
				attempt.begin();
				assertThat(known.inFlight(this.balancing.now())).isOne();
				attempt.close(CallOutcome.ofStatus(200), 200);
			}
		}
	}

	@Test
	void firstChoiceWaitsForFirstLookup() {
		CompletableFuture<InstanceSet> first = new CompletableFuture<>();
		CompletableFuture<InstanceSet> found = this.answer;
		this.answer = first;
		CompletableFuture<Response<ServiceInstance>> choice = Mono.from(this.balancer.choose(REQUEST)).toFuture();
		assertThat(choice).isNotDone();
		first.complete(found.join());
		assertThat(choice.join().getServer().getInstanceId()).isIn("a", "b", "c", "d");
	}

	@Test
	void respondsEmptyWithoutInstances() {
		this.answer = found();
		assertThat(this.balancer.choose(REQUEST).block().hasServer()).isFalse();
	}

	@Test
	void skipsEjectedInstanceUntilItsTrial() {
		ServiceInstance bad = choose("a");
		eject(bad);
		assertThat(calls(REQUEST, 30)).isEqualTo(Map.of("b", 10, "c", 10, "d", 10));
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(calls(REQUEST, 30)).containsEntry("a", 1);
		end(bad, CallOutcome.ANSWERED);
		assertThat(calls(REQUEST, 40)).containsEntry("a", 10);
	}

	@Test
	void retryAvoidsAttemptedInstances() {
		Map<String, ServiceInstance> instances = instances();
		Request<?> second = new DefaultRequest<>(new RetryableRequestContext(instances.get("b"), data(Map.of())));
		assertThat(calls(second, 40)).containsOnlyKeys("a", "c", "d");
		Request<?> third = tried(instances.get("a"), instances.get("b"));
		assertThat(calls(third, 40)).containsOnlyKeys("c", "d");
		eject(instances.get("c"));
		eject(instances.get("d"));
		// a retry is never a trial, even when one is due
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(calls(tried(instances.get("a")), 40)).containsOnlyKeys("b");
		assertThat(calls(third, 40)).containsOnlyKeys("c", "d");
		assertThat(calls(tried(instances.values().toArray(ServiceInstance[]::new)), 40)).containsOnlyKeys("a", "b");
	}

	@Test
	void retryDoesNotAdvanceRotation() {
		Request<?> second = tried(instances().get("a"));
		Map<String, Integer> first = new TreeMap<>();
		for (int i = 0; i < 40; i++) {
			calls(REQUEST, 1).forEach((id, count) -> first.merge(id, count, Integer::sum));
			assertThat(calls(second, 1)).doesNotContainKey("a");
		}
		assertThat(first).isEqualTo(Map.of("a", 10, "b", 10, "c", 10, "d", 10));
	}

	@Test
	void selectsSubsetByMetadataOrRequestHeader() {
		this.answer = CompletableFuture
			.completedFuture(set(instance("a", Map.of("slot", "blue")), instance("b", Map.of("slot", "blue")),
					instance("c", Map.of("slot", "green")), instance("d", Map.of())));
		this.balancing.subset = new Subset(Map.of("slot", "blue"), Map.of("X-Slot", "slot"));
		assertThat(calls(REQUEST, 10)).isEqualTo(Map.of("a", 5, "b", 5));
		assertThat(calls(header("x-slot", "green"), 10)).isEqualTo(Map.of("c", 10));
		assertThat(calls(header("X-Slot", "green"), 10)).isEqualTo(Map.of("c", 10));
		// a value that no instance has is ignored
		assertThat(calls(header("x-slot", "red"), 10)).containsOnlyKeys("a", "b");
		eject(choose(header("x-slot", "green"), "c"));
		// the only instance of a subset is called even if ejected
		assertThat(calls(header("x-slot", "green"), 10)).isEqualTo(Map.of("c", 10));
	}

	@Test
	void alternatingSubsetsRotateSeparately() {
		this.answer = CompletableFuture
			.completedFuture(set(instance("a", Map.of("slot", "blue")), instance("b", Map.of("slot", "blue")),
					instance("c", Map.of("slot", "green")), instance("d", Map.of("slot", "green"))));
		this.balancing.subset = new Subset(Map.of(), Map.of("X-Slot", "slot"));
		Map<String, Integer> calls = new TreeMap<>();
		for (int i = 0; i < 20; i++) {
			calls(header("x-slot", "blue"), 1).forEach((id, count) -> calls.merge(id, count, Integer::sum));
			calls(header("x-slot", "green"), 1).forEach((id, count) -> calls.merge(id, count, Integer::sum));
		}
		assertThat(calls).isEqualTo(Map.of("a", 10, "b", 10, "c", 10, "d", 10));
	}

	@Test
	void ignoresSubsetWithoutInstances() {
		this.balancing.subset = new Subset(Map.of("slot", "blue"), Map.of());
		assertThat(calls(REQUEST, 40)).hasSize(4);
	}

	@Test
	void prefersLocalZoneAndSpillsExcessToOthers() {
		this.answer = CompletableFuture.completedFuture(set(zoned("a", "1"), zoned("b", "1"), zoned("c", "1"),
				zoned("d", "2"), zoned("e", "2"), zoned("f", "2")));
		this.balancing.zone = "1";
		Map<String, ServiceInstance> instances = instances();
		assertThat(calls(REQUEST, 30)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
		eject(instances.get("a"));
		eject(instances.get("b"));
		Map<String, Integer> calls = calls(REQUEST, 10_000);
		// it takes at most 1.4 times the average of four instances in two zones
		assertThat(calls.get("c") / 10_000.0).isCloseTo(0.7, within(0.05));
		assertThat(calls.get("d") / 10_000.0).isCloseTo(0.1, within(0.05));
		// a retry leaves the zone
		assertThat(calls(tried(instances.get("c")), 30)).containsOnlyKeys("d", "e", "f");
	}

	@Test
	void weightsApplyWithinAZone() {
		this.answer = CompletableFuture.completedFuture(set(zoned("a", "1"),
				instance("b", Map.of("AVAILABILITY_ZONE", "1", "weight", "3")), zoned("c", "2"), zoned("d", "2")));
		this.balancing.zone = "1";
		assertThat(calls(REQUEST, 40)).isEqualTo(Map.of("a", 10, "b", 30));
	}

	private ServiceInstance choose(String id) {
		return choose(REQUEST, id);
	}

	private ServiceInstance choose(Request<?> request, String id) {
		calls(request, 1);
		return instance(id);
	}

	private ServiceInstance instance(String id) {
		return this.catalog.service("worker")
			.instances()
			.join()
			.stream()
			.filter((instance) -> instance.getInstanceId().equals(id))
			.findFirst()
			.orElseThrow();
	}

	private Map<String, ServiceInstance> instances() {
		calls(REQUEST, 1);
		Map<String, ServiceInstance> instances = new TreeMap<>();
		this.catalog.service("worker")
			.instances()
			.join()
			.forEach((instance) -> instances.put(instance.getInstanceId(), instance));
		return instances;
	}

	private Map<String, Integer> calls(Request<?> request, int count) {
		Map<String, Integer> calls = new HashMap<>();
		for (int i = 0; i < count; i++) {
			calls.merge(this.balancer.choose(request).block().getServer().getInstanceId(), 1, Integer::sum);
		}
		return calls;
	}

	private void eject(ServiceInstance instance) {
		end(instance, CallOutcome.NOT_CONNECTED);
		end(instance, CallOutcome.NOT_CONNECTED);
	}

	private void end(ServiceInstance instance, CallOutcome outcome) {
		ServiceStatistics worker = TestBalancing.worker(this.statistics);
		new Attempt((CatalogServiceInstance) instance, this.catalog.service("worker"), worker,
				Candidate.of(instance, worker))
			.close(outcome, Attempt.NONE);
	}

	private static Request<?> tried(ServiceInstance... instances) {
		return new DefaultRequest<>(new RequestDataContext(data(TestCalls.sentTo(instances))));
	}

	private static RequestData data(Map<String, Object> attributes) {
		return new RequestData(HttpMethod.GET, URI.create("http://worker/"), HttpHeaders.EMPTY,
				new LinkedMultiValueMap<>(), attributes);
	}

	private static Request<?> header(String name, String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.set(name, value);
		return new DefaultRequest<>(new RequestDataContext(new RequestData(HttpMethod.GET, URI.create("http://worker/"),
				headers, new LinkedMultiValueMap<>(), Map.of())));
	}

	private static Instance zoned(String id, String zone) {
		return instance(id, Map.of("AVAILABILITY_ZONE", zone));
	}

	private static Instance instance(String id, Map<String, String> attributes) {
		return new Instance(TestBalancing.WORKER, id, "127.0.0.1", 8080 + id.charAt(0), HealthStatus.UNKNOWN,
				attributes);
	}

	private static CompletableFuture<InstanceSet> found(String... ids) {
		List<Instance> instances = new ArrayList<>();
		for (String id : ids) {
			instances.add(instance(id, Map.of()));
		}
		return CompletableFuture.completedFuture(set(instances.toArray(Instance[]::new)));
	}

	private static InstanceSet set(Instance... instances) {
		return new InstanceSet(TestBalancing.WORKER, List.of(instances), "test");
	}

}
