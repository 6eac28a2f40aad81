package dev.cloudmap.discovery.application;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.discovery.lookup.InstanceSource;

/**
 * One application that calls services by name, for all tests of a class. Each test has
 * its own service, so that instances and statistics do not affect other tests.
 */
final class Caller implements AutoCloseable {

	private final Applications applications = new Applications();

	private final ConfigurableApplicationContext context;

	Caller(String... properties) {
		this.context = this.applications.start(Application.class, WebApplicationType.NONE, "caller",
				StringUtils.concatenateStringArrays(properties, new String[] { "discovery.registration.enabled=false",
						"discovery.lookup.refresh=10m", "discovery.lookup.full-refresh=10m" }));
	}

	/**
	 * Creates the service of a test with a client.
	 * @param settings a key of {@link #properties}, or another name for the defaults
	 * @param ports the ports of the instances
	 */
	Service service(String settings, Client client, Integer... ports) {
		Service service = new Service(name(settings, client), client, this.context);
		this.context.getBean(Application.class).ports.put(service.name(), List.of(ports));
		// the timeouts of calls do not include the first lookup
		this.context.getBean(DiscoveryClient.class).getInstances(service.name());
		return service;
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Returns the properties of services with settings of their own, for all clients.
	 */
	static String[] properties(Map<String, List<String>> settings) {
		return settings.entrySet()
			.stream()
			.flatMap((entry) -> Stream.of(Client.values())
				.flatMap((client) -> entry.getValue()
					.stream()
					.map((setting) -> "discovery.load-balancer.services." + name(entry.getKey(), client) + "."
							+ setting)))
			.toArray(String[]::new);
	}

	private static String name(String settings, Client client) {
		return settings + "-" + client.label();
	}

	@Override
	public void close() {
		this.applications.close();
	}

	record Service(String name, Client client, ConfigurableApplicationContext context) {

		/**
		 * Sends a request and reads the response.
		 * @return the status; 0 if there is no response
		 */
		int send(HttpMethod method, String body) {
			return this.client.send(this.context, this.name, method, body);
		}

		/**
		 * Sends a request and reads the response.
		 * @return the status
		 */
		int exchange(HttpMethod method, String body) {
			return this.client.exchange(this.context, this.name, method, body);
		}

		/**
		 * Sends requests.
		 * @return their statuses; 0 for a request without a response
		 */
		List<Integer> statuses(HttpMethod method, int count) {
			return IntStream.range(0, count)
				.mapToObj((i) -> send(method, method.equals(HttpMethod.GET) ? null : "payload"))
				.toList();
		}

		Collection<Ejection> ejections() {
			return this.context.getBean(CallStatistics.class)
				.ejections(new ServiceName(new Namespace("corp"), this.name));
		}

		MeterRegistry meters() {
			return this.context.getBean(MeterRegistry.class);
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Applications.Backend.class)
	static class Application {

		private final Map<String, List<Integer>> ports = new ConcurrentHashMap<>();

		@Bean
		InstanceSource source() {
			return (service) -> {
				List<Instance> instances = this.ports.getOrDefault(service.name(), List.of())
					.stream()
					.map((port) -> new Instance(service, "i-" + port, "127.0.0.1", port, HealthStatus.HEALTHY,
							Map.of()))
					.toList();
				return CompletableFuture.completedFuture(new InstanceSet(service, instances, "test"));
			};
		}

	}

}
