package dev.cloudmap.discovery.loadbalancer.call;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;

import dev.cloudmap.discovery.Aliases;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@ExtendWith(OutputCaptureExtension.class)
class NoInstancesDiagnosisTests {

	private final FakeRegistry registry = new FakeRegistry();

	private final List<Runnable> waiting = new ArrayList<>();

	private final ManualTimer timer = new ManualTimer();

	private final ServiceList services = TestCatalog.services(this.registry, this.waiting::add, new ManualTimer());

	private final Namespaces namespaces = Namespaces.of(TestCatalog.CORP);

	private final NoInstancesDiagnosis noInstances = new NoInstancesDiagnosis(this.namespaces, this.services,
			TestOtherClients.NONE, new LogLimit(this.timer));

	@Test
	void unknownServiceListsOthersAndSuggestsTheNearest() {
		fetched("worker", "backend");
		NoInstancesException failure = this.noInstances.of("wroker");
		assertThat(failure.getDescription()).isEqualTo("Service wroker of namespace corp does not exist");
		assertThat(failure.getAction()).isEqualTo("Did you mean http://worker/? corp has the services backend, worker");
	}

	@Test
	void existingServiceHasNoInstances() {
		fetched("worker");
		NoInstancesException failure = this.noInstances.of("Worker.corp");
		assertThat(failure.getDescription()).isEqualTo("Service Worker of namespace corp has no instances");
		assertThat(failure.getAction()).startsWith("Check that an instance is running, registered")
			.doesNotContain("Did you mean");
	}

	@Test
	void explainsMistypedNamespace() {
		fetched("worker");
		assertThat(this.noInstances.of("worker.crop").getAction())
			.contains("discovery.aliases[worker.crop]=worker.corp", "discovery.lookup.namespaces")
			.contains("Did you mean http://worker.corp/?");
	}

	@Test
	void suggestsAliases() {
		fetched("worker");
		NoInstancesDiagnosis withAliases = new NoInstancesDiagnosis(
				this.namespaces.with(Aliases.of(this.namespaces, Map.of("payments", "worker"))), this.services,
				TestOtherClients.NONE, new LogLimit(new ManualTimer()));
		assertThat(withAliases.of("paymets").getAction()).contains("Did you mean http://payments/?")
			.endsWith("The aliases are payments");
	}

	@Test
	void abbreviatesManyNames() {
		fetched(IntStream.range(100, 125).mapToObj((i) -> "service-" + i).toArray(String[]::new));
		assertThat(this.noInstances.of("other").getAction()).contains("service-100, ")
			.contains("service-119 and 5 more")
			.doesNotContain("service-120");
	}

	@Test
	void doesNotBlockTheCaller() {
		this.registry.services = Set.of("worker");
		assertThat(this.noInstances.of("wroker").getMessage()).contains("has no instances")
			.contains("The services of corp are not known yet");
		assertThat(this.registry.calls).isEmpty();
		this.waiting.forEach(Runnable::run);
		assertThat(this.noInstances.of("wroker").getMessage()).contains("does not exist").contains("worker");
	}

	@Test
	void logsOnceTheNamesAreKnown(CapturedOutput output) {
		this.registry.services = Set.of("worker");
		this.noInstances.onChange(new InstanceSet(this.namespaces.serviceName("wroker"), List.of(), "test"));
		assertThat(output).doesNotContain("wroker");
		this.waiting.forEach(Runnable::run);
		assertThat(output).contains("WARN")
			.contains("Service wroker of namespace corp does not exist. Did you mean http://worker/?");
	}

	@Test
	void gatewayLogsEachNameOnceWithinTheWindow(CapturedOutput output) {
		fetched("worker");
		String text = "Service wroker of namespace corp does not exist. Did you mean http://worker/?";
		this.noInstances.onChange(new InstanceSet(this.namespaces.serviceName("wroker"), List.of(), "test"));
		for (int i = 0; i < 3; i++) {
			this.noInstances.logUnavailable("wroker", this.noInstances.of("wroker"));
		}
		assertThat(output).containsOnlyOnce(text);
		this.timer.advance(LogLimit.WINDOW);
		this.noInstances.logUnavailable("wroker.corp", this.noInstances.of("wroker.corp"));
		assertThat(output.toString().split(Pattern.quote(text), -1)).hasSize(3);
	}

	@Test
	void gatewayLogsAnInvalidName(CapturedOutput output) {
		DiscoveryException invalid = catchThrowableOfType(InvalidNameException.class,
				() -> this.namespaces.serviceName("a b"));
		for (int i = 0; i < 3; i++) {
			this.noInstances.logUnavailable("a b", invalid);
		}
		assertThat(output).containsOnlyOnce("A request cannot be routed to a service: 'a b' is not a valid service");
	}

	@Test
	void gatewayLogsNoFailedLookup(CapturedOutput output) {
		this.noInstances.logUnavailable("worker", new RegistryUnavailableException("no answer", null));
		assertThat(output).doesNotContain("no answer");
	}

	@ParameterizedTest
	@CsvSource({ "GatewayServerMvc.gatewayOriginalRequestUrl, true", "other, false" })
	void loadBalancerLogsForTheGatewayOnSpringMvc(String attribute, boolean logs, CapturedOutput output) {
		fetched("worker");
		RequestData data = new RequestData(HttpMethod.GET, URI.create("http://wroker/"), HttpHeaders.EMPTY,
				new LinkedMultiValueMap<>(), Map.of(attribute, "x"));
		Mono<Response<ServiceInstance>> choice = emptyBalancer("wroker")
			.choose(new DefaultRequest<>(new RequestDataContext(data)));
		assertThat(catchThrowable(choice::block) != null).isEqualTo(logs);
		assertThat(output.toString().contains("Did you mean http://worker/?")).isEqualTo(logs);
	}

	@Test
	void otherDiscoveryClientsAreNotCreatedOnALookupThread() {
		List<Runnable> listeners = new ArrayList<>();
		AtomicInteger created = new AtomicInteger();
		OtherDiscoveryClients others = new OtherDiscoveryClients(() -> {
			created.incrementAndGet();
			return List.of();
		}, this.namespaces, Runnable::run, new ManualTimer(), TestCatalog.SETTINGS);
		CatalogListener listener = CatalogListener.withoutDelayingLookups(
				new NoInstancesDiagnosis(this.namespaces, this.services, others, new LogLimit(new ManualTimer())),
				listeners::add);
		listener.onChange(new InstanceSet(this.namespaces.serviceName("wroker"), List.of(), "test"));
		assertThat(created).hasValue(0);
		listeners.forEach(Runnable::run);
		assertThat(created).hasPositiveValue();
	}

	@Test
	void loadBalancerRespondsEmpty() {
		assertThat(emptyBalancer("worker").choose(new DefaultRequest<>()).block())
			.satisfies((response) -> assertThat(response.hasServer()).isFalse());
	}

	private CatalogLoadBalancer emptyBalancer(String serviceId) {
		InstanceCatalog empty = TestCatalog.of(
				(service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
				new ManualTimer());
		return new CatalogLoadBalancer(serviceId, empty, new TestBalancing().statistics(), this.noInstances,
				TestOtherClients.NONE);
	}

	private void fetched(String... names) {
		this.registry.services = Arrays.stream(names).collect(Collectors.toSet());
		this.services.names();
		this.waiting.forEach(Runnable::run);
	}

}
