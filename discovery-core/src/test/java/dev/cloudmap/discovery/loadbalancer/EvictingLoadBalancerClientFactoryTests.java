package dev.cloudmap.discovery.loadbalancer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

class EvictingLoadBalancerClientFactoryTests {

	private static final int MAX = 20;

	private final Set<String> existing = new HashSet<>();

	private final AtomicLong ticker = new AtomicLong();

	private final EvictingLoadBalancerClientFactory factory = new EvictingLoadBalancerClientFactory(
			new LoadBalancerClientsProperties(), MAX, "pinned"::equals, this.existing::contains,
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

	private List<GenericApplicationContext> contexts(String prefix, int count) {
		return IntStream.range(0, count).mapToObj((i) -> this.factory.getContext(prefix + i)).toList();
	}

	static final class Own {

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
