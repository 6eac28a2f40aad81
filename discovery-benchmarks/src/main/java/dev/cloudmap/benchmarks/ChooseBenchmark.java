package dev.cloudmap.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.support.ServiceInstanceListSuppliers;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.Subset;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Measures the cost per request of choosing one of a hundred instances. It compares both
 * algorithms of this library's load balancer with Spring Cloud LoadBalancer over an
 * existing list.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChooseBenchmark {

	private static final int INSTANCES = 100;

	private static final Request<Object> REQUEST = new DefaultRequest<>();

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final InstanceCatalog catalog = KnownService.catalog(INSTANCES, this.threads);

	private final CatalogLoadBalancer roundRobin = balancer(BalancingAlgorithm.ROUND_ROBIN);

	private final CatalogLoadBalancer leastOutstanding = balancer(BalancingAlgorithm.LEAST_OUTSTANDING);

	private final RoundRobinLoadBalancer springCloud = springCloud();

	@Benchmark
	@Threads(1)
	public @Nullable Response<ServiceInstance> roundRobin1() {
		return this.roundRobin.choose(REQUEST).block();
	}

	@Benchmark
	@Threads(8)
	public @Nullable Response<ServiceInstance> roundRobin8() {
		return this.roundRobin.choose(REQUEST).block();
	}

	@Benchmark
	@Threads(1)
	public @Nullable Response<ServiceInstance> leastOutstanding1() {
		return this.leastOutstanding.choose(REQUEST).block();
	}

	@Benchmark
	@Threads(8)
	public @Nullable Response<ServiceInstance> leastOutstanding8() {
		return this.leastOutstanding.choose(REQUEST).block();
	}

	@Benchmark
	@Threads(1)
	public @Nullable Response<ServiceInstance> springCloud1() {
		return Mono.from(this.springCloud.choose(REQUEST)).block();
	}

	@Benchmark
	@Threads(8)
	public @Nullable Response<ServiceInstance> springCloud8() {
		return Mono.from(this.springCloud.choose(REQUEST)).block();
	}

	@TearDown
	public void stop() {
		this.threads.close();
	}

	private CatalogLoadBalancer balancer(BalancingAlgorithm algorithm) {
		OutlierPolicy policy = new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(1),
				Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5);
		BalancingSettings settings = new BalancingSettings(algorithm, policy, () -> null, Subset.ALL);
		return new CatalogLoadBalancer(KnownService.ID, this.catalog,
				new CallStatistics((service) -> settings, CallListener.NONE, System::nanoTime, Instant::now), null,
				KnownService.noOthers(this.threads));
	}

	private RoundRobinLoadBalancer springCloud() {
		List<ServiceInstance> instances = this.catalog.service(KnownService.ID).instances().join();
		return new RoundRobinLoadBalancer(
				ServiceInstanceListSuppliers.toProvider(KnownService.ID, instances.toArray(ServiceInstance[]::new)),
				KnownService.ID);
	}

}
