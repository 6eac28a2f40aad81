package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class CacheEvictionTests {

	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private final ManualTimer timer = new ManualTimer();

	private int port = 8080;

	private boolean unavailable;

	private Duration maxStaleness;

	@ParameterizedTest
	@ValueSource(strings = { "zone-preference", "request-based-sticky-session", "default" })
	void changeEvictsCachesOfAllConfigurations(String configuration) {
		runner(configuration).withUserConfiguration(Caches.class).run((context) -> {
			LoadBalancerClient client = context.getBean(LoadBalancerClient.class);
			for (String id : List.of("worker", "worker.corp", "other")) {
				assertThat(client.choose(id).getPort()).isEqualTo(8080);
				assertThat(context.getBean(EverlastingCaches.class).isCached(id))
					.isNotEqualTo(configuration.equals("default"));
			}
			this.port = 9090;
			this.timer.advance(ONE_REFRESH);
			for (String id : List.of("worker", "worker.corp", "other")) {
				assertThat(client.choose(id).getPort()).isEqualTo(9090);
			}
		});
	}

	@Test
	void evictsCacheAtMaxStaleness() {
		this.maxStaleness = Duration.ofMinutes(1);
		runner("zone-preference").withUserConfiguration(Caches.class).run((context) -> {
			EverlastingCaches caches = context.getBean(EverlastingCaches.class);
			assertThat(context.getBean(LoadBalancerClient.class).choose("worker").getPort()).isEqualTo(8080);
			assertThat(caches.isCached("worker")).isTrue();
			this.unavailable = true;
			this.timer.advance(Duration.ofSeconds(59));
			assertThat(caches.isCached("worker")).isTrue();
			this.timer.advance(Duration.ofSeconds(7));
			assertThat(caches.isCached("worker")).isFalse();
		});
	}

	@Test
	void doesNothingWithoutCache() {
		runner("zone-preference").run((context) -> {
			assertThat(context).doesNotHaveBean(LoadBalancerCacheManager.class);
			LoadBalancerClient client = context.getBean(LoadBalancerClient.class);
			assertThat(client.choose("worker").getPort()).isEqualTo(8080);
			this.port = 9090;
			this.timer.advance(ONE_REFRESH);
			assertThat(client.choose("worker").getPort()).isEqualTo(9090);
		});
	}

	private ApplicationContextRunner runner(String configuration) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LoadBalancerAutoConfiguration.class,
					BlockingLoadBalancerClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class))
			.withUserConfiguration(Catalogs.class)
			.withBean(CacheEvictionTests.class, () -> this)
			.withBean(CallStatistics.class, () -> new TestBalancing().statistics())
			.withPropertyValues("spring.cloud.loadbalancer.configurations=" + configuration);
	}

	CompletionStage<InstanceSet> lookup(ServiceName service) {
		return this.unavailable ? CompletableFuture.failedFuture(new RegistryUnavailableException("away", null))
				: CompletableFuture.completedFuture(set(service));
	}

	private InstanceSet set(ServiceName service) {
		return new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", this.port, HealthStatus.UNKNOWN, Map.of())), "test");
	}

	@Configuration(proxyBeanMethods = false)
	static class Catalogs {

		@Bean
		InstanceCatalog catalog(CacheEvictionTests test, List<CatalogListener> listeners) {
			return TestCatalog.of(test::lookup, test.timer, TestCatalog.settings(test.maxStaleness),
					listeners.toArray(CatalogListener[]::new));
		}

		@Bean
		Prober prober() {
			return Prober.NONE;
		}

		@Bean
		OtherDiscoveryClients others() {
			return TestOtherClients.NONE;
		}

		@Bean
		CatalogDiscoveryClient client(InstanceCatalog catalog, CacheEvictionTests test) {
			return new CatalogDiscoveryClient(catalog,
					NamespaceServices.of(TestCatalog.CORP,
							TestCatalog.services(new FakeRegistry(), Runnable::run, test.timer)),
					TestOtherClients.NONE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caches {

		/** Not a candidate for injection, like the one of Spring Cloud LoadBalancer. */
		@Bean(autowireCandidate = false)
		EverlastingCaches caches() {
			return new EverlastingCaches();
		}

	}

	static class EverlastingCaches extends ConcurrentMapCacheManager implements LoadBalancerCacheManager {

		boolean isCached(String serviceId) {
			return getCache(CachingServiceInstanceListSupplier.SERVICE_INSTANCE_CACHE_NAME).get(serviceId) != null;
		}

	}

}
