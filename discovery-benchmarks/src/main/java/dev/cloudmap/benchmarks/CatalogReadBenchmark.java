package dev.cloudmap.benchmarks;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.cache.Cache;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.simple.InstanceProperties;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;
import org.springframework.cloud.loadbalancer.cache.CaffeineBasedLoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheProperties;
import org.springframework.cloud.loadbalancer.core.CachingServiceInstanceListSupplier;

import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Measures the cost per request of reading the list of a known service with ten
 * instances. It compares this library's client with two of Spring Cloud: the client for
 * instances in properties, and the cache that Spring Cloud LoadBalancer uses for other
 * clients. The catalog refreshes its list during the benchmark, as in an application.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CatalogReadBenchmark {

	private static final int INSTANCES = 10;

	private static final String SERVICE = KnownService.ID;

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final CatalogDiscoveryClient client = client();

	private final SimpleDiscoveryClient simple = simple();

	private final Cache cache = cache();

	@Benchmark
	@Threads(1)
	public List<ServiceInstance> catalog1() {
		return this.client.getInstances(SERVICE);
	}

	@Benchmark
	@Threads(8)
	public List<ServiceInstance> catalog8() {
		return this.client.getInstances(SERVICE);
	}

	@Benchmark
	@Threads(1)
	public List<ServiceInstance> simpleDiscoveryClient1() {
		return this.simple.getInstances(SERVICE);
	}

	@Benchmark
	@Threads(8)
	public List<ServiceInstance> simpleDiscoveryClient8() {
		return this.simple.getInstances(SERVICE);
	}

	@Benchmark
	@Threads(1)
	public @Nullable List<?> loadBalancerCache1() {
		return this.cache.get(SERVICE, List.class);
	}

	@Benchmark
	@Threads(8)
	public @Nullable List<?> loadBalancerCache8() {
		return this.cache.get(SERVICE, List.class);
	}

	@TearDown
	public void stop() {
		this.threads.close();
	}

	private CatalogDiscoveryClient client() {
		return new CatalogDiscoveryClient(KnownService.catalog(INSTANCES, this.threads),
				NamespaceServices.of(KnownService.NAME.namespace(), services()), KnownService.noOthers(this.threads));
	}

	/** Returns a list that the benchmark does not use. */
	private ServiceList services() {
		Registry none = (Registry) Proxy.newProxyInstance(Registry.class.getClassLoader(),
				new Class<?>[] { Registry.class }, (proxy, method, arguments) -> {
					throw new UnsupportedOperationException(method.getName());
				});
		return new ServiceList(KnownService.NAME.namespace(), none, new NoSignal(), this.threads.lookups(),
				this.threads.timer(), KnownService.SETTINGS);
	}

	private static List<InstanceProperties> instances() {
		return IntStream.range(0, INSTANCES).mapToObj((i) -> {
			InstanceProperties instance = new InstanceProperties();
			instance.setInstanceId("i-" + i);
			instance.setServiceId(SERVICE);
			instance.setHost("10.0.0." + i);
			instance.setPort(8080);
			return instance;
		}).toList();
	}

	private static SimpleDiscoveryClient simple() {
		SimpleDiscoveryProperties properties = new SimpleDiscoveryProperties();
		properties.setInstances(Map.of(SERVICE, instances()));
		return new SimpleDiscoveryClient(properties);
	}

	private static Cache cache() {
		Cache cache = new CaffeineBasedLoadBalancerCacheManager(new LoadBalancerCacheProperties())
			.getCache(CachingServiceInstanceListSupplier.SERVICE_INSTANCE_CACHE_NAME);
		if (cache == null) {
			throw new IllegalStateException("Spring Cloud LoadBalancer has no cache");
		}
		cache.put(SERVICE, instances());
		return cache;
	}

}
