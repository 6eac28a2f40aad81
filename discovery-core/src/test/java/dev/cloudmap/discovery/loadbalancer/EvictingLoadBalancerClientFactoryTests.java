package dev.cloudmap.discovery.loadbalancer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory.Defaults;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory.Names;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class EvictingLoadBalancerClientFactoryTests {

	private static final int MAX = 20;

	private final Set<String> existing = new HashSet<>();

	private final AtomicLong ticker = new AtomicLong();

	private final EvictingLoadBalancerClientFactory factory = new EvictingLoadBalancerClientFactory(
			new LoadBalancerClientsProperties(), MAX, new Names("pinned"::equals, this.existing::contains),
			new Defaults(Default.class, EvictingLoadBalancerClientFactoryTests::balancer),
			() -> this.ticker.addAndGet(20_000_000));

	private final AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext();

	@BeforeEach
	void start() {
		this.parent.registerBean(LoadBalancerClientFactory.class, () -> this.factory);
		this.parent.refresh();
		assertThat(this.parent.getBean(LoadBalancerClientFactory.class)).isSameAs(this.factory);
		this.factory.setConfigurations(
				List.of(new LoadBalancerClientSpecification("configured", new Class<?>[] { Own.class })));
	}

	@AfterEach
	void stop() {
		this.parent.close();
		assertThat(this.factory.getContextNames()).isEmpty();
	}

	@Test
	void unknownNamesKeepFewContexts() {
		this.existing.add("worker");
		GenericApplicationContext worker = this.factory.getContext("worker");
		GenericApplicationContext pinned = this.factory.getContext("pinned");
		GenericApplicationContext configured = this.factory.getContext("configured");
		GenericApplicationContext first = this.factory.getContext("made-up-0");
		contexts("made-up-", 2 * MAX);
		assertThat(this.factory.getContextNames()).hasSize(MAX + 2)
			.contains("made-up-" + (2 * MAX - 1))
			.doesNotContain("made-up-0");
		assertThat(first.isActive()).isFalse();
		assertThat(this.factory.getContext("worker")).isSameAs(worker);
		assertThat(this.factory.getContext("pinned")).isSameAs(pinned);
		assertThat(this.factory.getContext("configured")).isSameAs(configured);
		assertThat(this.factory.getInstance("configured", Own.class)).isNotNull();
		assertThat(this.factory.getInstance("made-up-0", Environment.class)).isNotNull();
	}

	@Test
	@SuppressWarnings("rawtypes")
	void looksLifecyclesUpOnceForEachContext() {
		LoadBalancerLifecycle lifecycle = new Ignoring();
		this.parent.getDefaultListableBeanFactory().registerSingleton("lifecycle", lifecycle);
		Map<String, LoadBalancerLifecycle> found = this.factory.getInstances("worker", LoadBalancerLifecycle.class);
		assertThat(found).containsExactly(Map.entry("lifecycle", lifecycle));
		assertThat(this.factory.getInstances("worker", LoadBalancerLifecycle.class)).isSameAs(found);
		assertThat(this.factory.getInstances("configured", LoadBalancerLifecycle.class)).isEqualTo(found);
		assertThat(this.factory.getInstances("configured", Own.class)).hasSize(1);
	}

	@Test
	void keepsTheMostRecentlyUsedContext() {
		GenericApplicationContext used = this.factory.getContext("used");
		for (int i = 0; i < 2 * MAX; i++) {
			this.factory.getContext("made-up-" + i);
			assertThat(this.factory.getContext("used")).isSameAs(used);
		}
	}

	@Test
	void servicesCalledInRotationKeepTheirContexts() {
		List<GenericApplicationContext> first = contexts("service-", MAX);
		assertThat(contexts("service-", MAX)).isEqualTo(first);
		assertThat(first).allMatch(GenericApplicationContext::isActive);
	}

	@Test
	void closesEvictedContextLater() {
		GenericApplicationContext first = this.factory.getContext("made-up");
		contexts("service-", MAX);
		assertThat(this.factory.getContextNames()).doesNotContain("made-up");
		assertThat(first.isActive()).isTrue();
		assertThat(first.getBeanProvider(Environment.class).getIfAvailable()).isNotNull();
		this.factory.destroy();
		assertThat(first.isActive()).isFalse();
	}

	@Test
	void servicesWithInstancesKeepBoundedContexts() {
		for (int i = 0; i < 2 * MAX; i++) {
			this.existing.add("worker-" + i);
			this.factory.getContext("worker-" + i);
		}
		assertThat(this.factory.getContextNames()).hasSize(MAX).doesNotContain("worker-0");
	}

	@Test
	void nameWithoutConfigurationNeedsNoContext() {
		useDefaults();
		ReactiveLoadBalancer<ServiceInstance> worker = this.factory.getInstance("worker");
		assertThat(worker).isInstanceOf(CatalogLoadBalancer.class).isSameAs(this.factory.getInstance("worker"));
		assertThat(this.factory.getInstances("worker", LoadBalancerLifecycle.class)).isEmpty();
		assertThat(this.factory.getContextNames()).isEmpty();
		assertThat(this.factory.getInstance("worker", Default.class)).isNotNull();
		assertThat(this.factory.getContextNames()).containsExactly("worker");
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.cloud.loadbalancer.configurations",
			"spring.cloud.loadbalancer.clients.worker.configurations" })
	void nameWithOtherConfigurationHasContext(String property) {
		useDefaults();
		this.parent.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of(property, "zone-preference")));
		assertThat(this.factory.getInstance("worker")).isNotInstanceOf(CatalogLoadBalancer.class);
		assertThat(this.factory.getContextNames()).containsExactly("worker");
	}

	@Test
	void configuredNameHasContext() {
		useDefaults();
		this.factory
			.setConfigurations(List.of(new LoadBalancerClientSpecification("configured", new Class<?>[] { Own.class }),
					new LoadBalancerClientSpecification("named", new Class<?>[0])));
		assertThat(this.factory.getInstance("configured")).isNotInstanceOf(CatalogLoadBalancer.class);
		assertThat(this.factory.getInstance("named")).isInstanceOf(CatalogLoadBalancer.class);
		assertThat(this.factory.getContextNames()).containsExactly("configured");
	}

	@Test
	void defaultConfigurationOfUserCreatesContexts() {
		useDefaults();
		this.factory.setConfigurations(
				List.of(new LoadBalancerClientSpecification("default.user", new Class<?>[] { Own.class })));
		assertThat(this.factory.getInstance("worker")).isNotInstanceOf(CatalogLoadBalancer.class);
		assertThat(this.factory.getInstance("worker", Own.class)).isNotNull();
	}

	@Test
	void beanOfUserForAllNamesIsUsed() {
		useDefaults();
		ReactorServiceInstanceLoadBalancer own = (request) -> Mono.empty();
		this.parent.getDefaultListableBeanFactory().registerSingleton("own", own);
		assertThat(this.factory.getInstance("worker")).isSameAs(own);
	}

	@Test
	void keepsBoundedNumberOfNames() {
		useDefaults();
		this.existing.add("worker");
		Object worker = this.factory.getInstance("worker");
		Object pinned = this.factory.getInstance("pinned");
		Object first = this.factory.getInstance("made-up-0");
		for (int i = 0; i < 2 * MAX; i++) {
			this.factory.getInstance("made-up-" + i);
		}
		assertThat(this.factory.getInstance("made-up-0")).isNotSameAs(first);
		assertThat(this.factory.getInstance("worker")).isSameAs(worker);
		for (int i = 0; i < 2 * MAX; i++) {
			this.existing.add("WORKER-" + i);
			this.factory.getInstance("WORKER-" + i);
		}
		assertThat(this.factory.getInstance("worker")).isNotSameAs(worker);
		assertThat(this.factory.getInstance("pinned")).isSameAs(pinned);
		assertThat(this.factory.getContextNames()).isEmpty();
	}

	@Test
	void generatedContextIsUsedForItsNameOrForAnyOther() {
		ApplicationContextInitializer<GenericApplicationContext> worker = (context) -> context.registerBean(Own.class);
		ApplicationContextInitializer<GenericApplicationContext> other = (context) -> context
			.registerBean(Default.class);
		EvictingLoadBalancerClientFactory generated = (EvictingLoadBalancerClientFactory) this.factory
			.withApplicationContextInitializers(
					Map.of("worker", worker, EvictingLoadBalancerClientFactory.ANY_OTHER_NAME, other));
		generated.setApplicationContext(this.parent);
		assertThat(generated.getConfigurations()).containsKey("configured");
		assertThat(generated.getInstance("worker", Own.class)).isNotNull();
		assertThat(generated.getInstance("worker", Default.class)).isNull();
		assertThat(generated.getInstance("backend", Default.class)).isNotNull();
		assertThat(generated.getContext("backend").getEnvironment().getProperty("loadbalancer.client.name"))
			.isEqualTo("backend");
		generated.destroy();
	}

	private void useDefaults() {
		this.factory.setConfigurations(
				List.of(new LoadBalancerClientSpecification("default.own", new Class<?>[] { Default.class })));
	}

	private static CatalogLoadBalancer balancer(String name) {
		InstanceCatalog catalog = TestCatalog.of(
				(service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
				new ManualTimer());
		return new CatalogLoadBalancer(name, catalog, new TestBalancing().statistics(), null, TestOtherClients.NONE);
	}

	private List<GenericApplicationContext> contexts(String prefix, int count) {
		return IntStream.range(0, count).mapToObj((i) -> this.factory.getContext(prefix + i)).toList();
	}

	static final class Own {

	}

	static final class Default {

	}

	static class Ignoring implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

		@Override
		public void onStart(Request<Object> request) {
		}

		@Override
		public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
		}

		@Override
		public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		}

	}

}
