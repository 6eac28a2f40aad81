package dev.cloudmap.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpServer;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

/**
 * Measures how many requests eight callers send, one after another, through the starter
 * and through Spring Cloud LoadBalancer with instances from properties
 * ({@code SimpleDiscoveryClient}), in turn. The arguments are the number of alternations
 * and the seconds of each measurement.
 */
public final class ClosedLoopBenchmark {

	private static final int CALLERS = 8;

	private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

	private static final int SERVERS = 3;

	private static final int WARM_UP_SECONDS = 10;

	private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);

	private ClosedLoopBenchmark() {
	}

	/**
	 * Runs the benchmark.
	 */
	public static void main(String[] arguments) throws Exception {
		int alternations = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 10;
		int seconds = (arguments.length > 1) ? Integer.parseInt(arguments[1]) : 3;
		// without it each response waits for an acknowledgement
		System.setProperty("sun.net.httpserver.nodelay", "true");
		List<HttpServer> servers = new ArrayList<>();
		ExecutorService answering = Executors.newFixedThreadPool(CALLERS);
		for (int i = 0; i < SERVERS; i++) {
			servers.add(server(answering));
		}
		try (RegistryServer registry = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0));
				ConfigurableApplicationContext starter = starter(registry, servers);
				ConfigurableApplicationContext simple = simple(servers)) {
			new ClosedLoopBenchmark().compare(starter.getBean(RestClient.class), simple.getBean(RestClient.class),
					alternations, seconds);
		}
		finally {
			servers.forEach((server) -> server.stop(0));
			answering.shutdown();
		}
	}

	private static HttpServer server(ExecutorService answering) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.setExecutor(answering);
		server.start();
		return server;
	}

	private static ConfigurableApplicationContext starter(RegistryServer registry, List<HttpServer> servers) {
		ConfigurableApplicationContext context = application("discovery.namespace=" + KnownService.NAME.namespace(),
				"discovery.registration.enabled=false", "discovery.registry=embedded",
				"discovery.embedded.http-port=" + registry.httpAddress().getPort());
		for (HttpServer server : servers) {
			int port = server.getAddress().getPort();
			context.getBean(Registry.class)
				.register(new InstanceRegistration(KnownService.NAME, "i-" + port, "127.0.0.1", port, Map.of(),
						new ServiceDefinition(Set.of(ServiceDefinition.RecordType.A, ServiceDefinition.RecordType.SRV),
								Duration.ofSeconds(10))));
		}
		return context;
	}

	private static ConfigurableApplicationContext simple(List<HttpServer> servers) {
		List<String> properties = new ArrayList<>(List.of("discovery.enabled=false"));
		for (int i = 0; i < servers.size(); i++) {
			properties.add("spring.cloud.discovery.client.simple.instances.%s[%d].uri=http://127.0.0.1:%d"
				.formatted(KnownService.ID, i, servers.get(i).getAddress().getPort()));
		}
		return application(properties.toArray(String[]::new));
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties(properties)
			.run();
	}

	private void compare(RestClient starter, RestClient simple, int alternations, int seconds) throws Exception {
		List<Result> ours = new ArrayList<>();
		List<Result> theirs = new ArrayList<>();
		try {
			measure(starter, WARM_UP_SECONDS);
			measure(simple, WARM_UP_SECONDS);
			for (int i = 0; i < alternations; i++) {
				ours.add(measure(starter, seconds));
				theirs.add(measure(simple, seconds));
			}
		}
		finally {
			this.threads.shutdown();
		}
		System.out.println("| " + CALLERS + " callers | the starter | `SimpleDiscoveryClient` | ratio |");
		System.out.println("|---|---|---|---|");
		System.out.println(row("requests/s", "%.0f", ours, theirs, Result::perSecond));
		System.out.println(row("CPU of a caller per request, us", "%.1f", ours, theirs, Result::micros));
	}

	private Result measure(RestClient client, int seconds) throws Exception {
		long begin = System.nanoTime();
		long end = begin + Duration.ofSeconds(seconds).toNanos();
		Callable<Result> caller = () -> {
			long cpu = CPU.getCurrentThreadCpuTime();
			int sent = 0;
			while (System.nanoTime() - end < 0) {
				client.get().uri("http://" + KnownService.ID + "/").retrieve().toBodilessEntity();
				sent++;
			}
			return new Result(sent, System.nanoTime() - begin, CPU.getCurrentThreadCpuTime() - cpu);
		};
		Result all = new Result(0, 0, 0);
		for (Future<Result> one : this.threads.invokeAll(Collections.nCopies(CALLERS, caller))) {
			all = all.plus(one.get());
		}
		return all;
	}

	private static String row(String name, String format, List<Result> ours, List<Result> theirs,
			ToDoubleFunction<Result> value) {
		double[] our = ours.stream().mapToDouble(value).toArray();
		double[] their = theirs.stream().mapToDouble(value).toArray();
		double[] ratios = IntStream.range(0, our.length).mapToDouble((i) -> our[i] / their[i]).toArray();
		return "| %s | %s | %s | %s |".formatted(name, cell(format, our), cell(format, their), cell("%.2f", ratios));
	}

	/** The median with the lowest and the highest value. */
	private static String cell(String format, double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
		return (format + " (" + format + "-" + format + ")").formatted(median, sorted[0], sorted[sorted.length - 1]);
	}

	/**
	 * The requests of some callers.
	 *
	 * @param sent their number
	 * @param nanos the duration, of all callers at the same time
	 * @param cpu the CPU time of the callers' threads, in nanoseconds
	 */
	private record Result(int sent, long nanos, long cpu) {

		private Result plus(Result other) {
			return new Result(this.sent + other.sent, Math.max(this.nanos, other.nanos), this.cpu + other.cpu);
		}

		private double perSecond() {
			return this.sent * 1e9 / this.nanos;
		}

		private double micros() {
			return this.cpu / 1e3 / this.sent;
		}

	}

	/**
	 * The caller.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		RestClient.Builder builder() {
			return RestClient.builder();
		}

		@Bean
		RestClient client(RestClient.Builder builder) {
			return builder.build();
		}

	}

}
