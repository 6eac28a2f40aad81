package dev.cloudmap.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A registry with a limited heap and a hundred thousand instances. The test prints lookup
 * times and the memory per instance but does not assert them.
 */
@Tag("slow")
class ScaleIT {

	/** The registry with a data directory does all that the one in memory does. */
	private static final boolean STORED_ONLY = Boolean.getBoolean("scale.stored-only");

	private static final int SERVICES = 100;

	private static final int INSTANCES = 1000;

	/** Number of concurrent requests. */
	private static final int CONCURRENCY = 64;

	private static final Pattern ID = Pattern.compile("\"Id\":\"([^\"]+)\"");

	private static final Pattern TOKEN = Pattern.compile("\"NextToken\":\"([^\"]+)\"");

	private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path directory;

	private URI endpoint;

	@ParameterizedTest
	@ValueSource(strings = { "", "--data-dir" })
	void supportsHundredThousandInstances(String option) throws Exception {
		assumeTrue(!option.isEmpty() || !STORED_ONLY, "Only the registry with a data directory is tested");
		List<String> options = new ArrayList<>(List.of("--http-port", "0", "--dns-port", "0"));
		if (!option.isEmpty()) {
			options.addAll(List.of(option, this.directory.resolve("data").toString()));
		}
		try (RegistryProcess process = RegistryProcess.run(this.directory.resolve("stderr.txt"), List.of("-Xmx512m"),
				options)) {
			process.awaitReady();
			this.endpoint = process.endpoint();
			List<String> services = createServices();
			long empty = liveBytes(process);
			AtomicBoolean done = new AtomicBoolean();
			List<Long> latencies = new ArrayList<>();
			Thread prober = new Thread(() -> probe(services, done, latencies), "prober");
			prober.start();
			long start = System.nanoTime();
			registerAll(services);
			Duration registering = Duration.ofNanos(System.nanoTime() - start);
			done.set(true);
			prober.join();
			long full = liveBytes(process);
			System.out.printf(
					"%s%d instances registered at %d/s; lookups and lists meanwhile: %d, median %.1f ms, "
							+ "99%% %.1f ms, longest %.1f ms; %d bytes of heap an instance%n",
					option.isEmpty() ? "" : option + ": ", SERVICES * INSTANCES,
					SERVICES * INSTANCES * 1000L / registering.toMillis(), latencies.size(), percentile(latencies, 0.5),
					percentile(latencies, 0.99), percentile(latencies, 1), (full - empty) / (SERVICES * INSTANCES));
			for (String service : services) {
				assertThat(list(service)).hasSize(INSTANCES);
			}
			assertThat(call("DiscoverInstances",
					"{\"NamespaceName\":\"corp.local\",\"ServiceName\":\"service-99\",\"MaxResults\":1000}")
				.split("\"InstanceId\"", -1)).hasSize(INSTANCES + 1);
			SimpleResolver resolver = new SimpleResolver("127.0.0.1");
			resolver.setPort(process.dnsPort());
			Message answer = resolver.send(
					Message.newQuery(Record.newRecord(Name.fromString("service-99.corp.local."), Type.SRV, DClass.IN)));
			assertThat(answer.getSection(Section.ANSWER)).hasSize(8);
			assertThat(process.errors()).doesNotContain("ERROR");
		}
	}

	private List<String> createServices() throws Exception {
		call("CreatePrivateDnsNamespace", "{\"Name\":\"corp.local\",\"Vpc\":\"vpc-1\"}");
		String namespace = find(ID, call("ListNamespaces", "{}"));
		List<String> services = new ArrayList<>();
		for (int i = 0; i < SERVICES; i++) {
			services.add(find(ID, call("CreateService", ("{\"Name\":\"service-%d\",\"NamespaceId\":\"%s\","
					+ "\"DnsConfig\":{\"DnsRecords\":[{\"Type\":\"A\",\"TTL\":10},{\"Type\":\"SRV\",\"TTL\":10}]},"
					+ "\"HealthCheckCustomConfig\":{}}")
				.formatted(i, namespace))));
		}
		return services;
	}

	private void registerAll(List<String> services) throws InterruptedException {
		Semaphore permits = new Semaphore(CONCURRENCY);
		ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < INSTANCES; i++) {
			for (String service : services) {
				permits.acquire();
				var unused = this.client
					.sendAsync(TestRegistry.request(this.endpoint, "RegisterInstance", registration(service, i)),
							BodyHandlers.ofString())
					.whenComplete((response, failure) -> {
						permits.release();
						if (failure != null || response.statusCode() != 200) {
							failures.add((failure != null) ? failure.toString() : response.body());
						}
					});
			}
		}
		permits.acquire(CONCURRENCY);
		assertThat(failures).isEmpty();
	}

	/**
	 * Attributes as set by Amazon ECS.
	 */
	private static String registration(String service, int i) {
		return ("{\"ServiceId\":\"%s\",\"InstanceId\":\"%032x\",\"Attributes\":{\"AWS_INSTANCE_IPV4\":\"10.%d.%d.%d\","
				+ "\"AWS_INSTANCE_PORT\":\"8080\",\"AVAILABILITY_ZONE\":\"eu-west-1%s\",\"REGION\":\"eu-west-1\","
				+ "\"ECS_SERVICE_NAME\":\"%s\",\"ECS_CLUSTER_NAME\":\"production\","
				+ "\"ECS_TASK_DEFINITION_FAMILY\":\"family\"}}")
			.formatted(service, i, i >> 16, (i >> 8) & 255, i & 255, (char) ('a' + i % 3), service);
	}

	/**
	 * Looks up and lists one service after another while registrations continue.
	 */
	private void probe(List<String> services, AtomicBoolean done, List<Long> latencies) {
		try {
			for (int i = 0; !done.get(); i++) {
				int service = i % SERVICES;
				long start = System.nanoTime();
				if (i % 2 == 0) {
					call("DiscoverInstances",
							"{\"NamespaceName\":\"corp.local\",\"ServiceName\":\"service-%d\"}".formatted(service));
				}
				else {
					call("ListInstances", "{\"ServiceId\":\"%s\"}".formatted(services.get(service)));
				}
				latencies.add(System.nanoTime() - start);
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Set<String> list(String service) throws Exception {
		Set<String> ids = new HashSet<>();
		String token = "";
		do {
			String page = call("ListInstances", "{\"ServiceId\":\"%s\"%s}".formatted(service,
					token.isEmpty() ? "" : ",\"NextToken\":\"" + token + "\""));
			Matcher matcher = ID.matcher(page);
			while (matcher.find()) {
				assertThat(ids.add(matcher.group(1))).isTrue();
			}
			Matcher next = TOKEN.matcher(page);
			token = next.find() ? next.group(1) : "";
		}
		while (!token.isEmpty());
		return ids;
	}

	private String call(String operation, String body) throws IOException, InterruptedException {
		HttpResponse<String> response = this.client.send(TestRegistry.request(this.endpoint, operation, body),
				BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body();
	}

	/**
	 * Returns the bytes of reachable objects on the heap of a process.
	 */
	private static long liveBytes(RegistryProcess process) throws IOException {
		Process histogram = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				Long.toString(process.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.start();
		String output = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return Long.parseLong(find(TOTAL, output));
	}

	private static String find(Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		assertThat(matcher.find()).as(text).isTrue();
		return matcher.group(1);
	}

	private static double percentile(List<Long> nanos, double part) {
		long[] sorted = LongStream.range(0, nanos.size()).map((i) -> nanos.get((int) i)).sorted().toArray();
		return sorted[(int) Math.round((sorted.length - 1) * part)] / 1e6;
	}

}
