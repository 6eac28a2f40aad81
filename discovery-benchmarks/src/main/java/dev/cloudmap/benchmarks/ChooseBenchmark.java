package dev.cloudmap.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.cache.CaffeineBasedLoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheProperties;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.ServiceInstanceListSuppliers;
import org.springframework.cloud.loadbalancer.support.SimpleObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.Subset;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Measures the cost per request of choosing an instance, as the load balancer client of
 * Spring Cloud does it for {@code RestClient}, {@code RestTemplate} and Feign. It
 * compares both algorithms of this library's load balancer with Spring Cloud's round
 * robin: over a list that is passed to it, and over the cache that it has in an
 * application.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChooseBenchmark {

	private static final Request<RequestDataContext> REQUEST = new DefaultRequest<>(
			new RequestDataContext(new RequestData(HttpMethod.GET, URI.create("http://" + KnownService.ID + "/"),
					new HttpHeaders(), new LinkedMultiValueMap<>(), new HashMap<>()), "default"));

	private final DiscoveryThreads threads = new DiscoveryThreads();

	@Param({ "1", "100", "1000" })
	private int instances;

	private @Nullable ReactiveLoadBalancer<ServiceInstance> roundRobin;

	private @Nullable ReactiveLoadBalancer<ServiceInstance> leastOutstanding;

	private @Nullable ReactiveLoadBalancer<ServiceInstance> springCloud;

	private @Nullable ReactiveLoadBalancer<ServiceInstance> springCloudCached;

	@Setup
	public void start() {
		InstanceCatalog catalog = KnownService.catalog(this.instances, this.threads);
		List<ServiceInstance> list = catalog.service(KnownService.ID).instances().join();
		this.roundRobin = balancer(catalog, BalancingAlgorithm.ROUND_ROBIN);
		this.leastOutstanding = balancer(catalog, BalancingAlgorithm.LEAST_OUTSTANDING);
		this.springCloud = new RoundRobinLoadBalancer(
				ServiceInstanceListSuppliers.toProvider(KnownService.ID, list.toArray(ServiceInstance[]::new)),
				KnownService.ID);
		this.springCloudCached = new RoundRobinLoadBalancer(cached(list), KnownService.ID);
	}

	@Benchmark
	@Threads(1)
	public @Nullable ServiceInstance roundRobin1() {
		return choose(this.roundRobin);
	}

	@Benchmark
	@Threads(8)
	public @Nullable ServiceInstance roundRobin8() {
		return choose(this.roundRobin);
	}

	@Benchmark
	@Threads(1)
	public @Nullable ServiceInstance leastOutstanding1() {
		return choose(this.leastOutstanding);
	}

	@Benchmark
	@Threads(8)
	public @Nullable ServiceInstance leastOutstanding8() {
		return choose(this.leastOutstanding);
	}

	@Benchmark
	@Threads(1)
	public @Nullable ServiceInstance springCloud1() {
		return choose(this.springCloud);
	}

	@Benchmark
	@Threads(8)
	public @Nullable ServiceInstance springCloud8() {
		return choose(this.springCloud);
	}

	@Benchmark
	@Threads(1)
	public @Nullable ServiceInstance springCloudCached1() {
		return choose(this.springCloudCached);
	}

	@Benchmark
	@Threads(8)
	public @Nullable ServiceInstance springCloudCached8() {
		return choose(this.springCloudCached);
	}

	/** As Spring Cloud's {@code BlockingLoadBalancerClient}. */
	private static @Nullable ServiceInstance choose(@Nullable ReactiveLoadBalancer<ServiceInstance> balancer) {
		Response<ServiceInstance> response = (balancer != null) ? Mono.from(balancer.choose(REQUEST)).block() : null;
		return (response != null) ? response.getServer() : null;
	}

	@TearDown
	public void stop() {
		this.threads.close();
	}

	private CatalogLoadBalancer balancer(InstanceCatalog catalog, BalancingAlgorithm algorithm) {
		OutlierPolicy policy = new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(1),
				Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5);
		BalancingSettings settings = new BalancingSettings(algorithm, policy, () -> null, Subset.ALL);
		return new CatalogLoadBalancer(KnownService.ID, catalog, new CallStatistics((service) -> settings,
				CallListener.NONE, Prober.NONE, System::nanoTime, Instant::now), null,
				KnownService.noOthers(this.threads));
	}

	/** Spring Cloud's default: its cache in front of a discovery client. */
	private static ObjectProvider<ServiceInstanceListSupplier> cached(List<ServiceInstance> instances) {
		ServiceInstanceListSupplier client = new ServiceInstanceListSupplier() {

			@Override
			public String getServiceId() {
				return KnownService.ID;
			}

			@Override
			public Flux<List<ServiceInstance>> get() {
				return Flux.just(instances);
			}

		};
		return new SimpleObjectProvider<>(new CachingServiceInstanceListSupplier(client,
				new CaffeineBasedLoadBalancerCacheManager(new LoadBalancerCacheProperties())));
	}

}
