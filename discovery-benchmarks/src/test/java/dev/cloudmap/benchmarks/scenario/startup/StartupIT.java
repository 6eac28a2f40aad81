package dev.cloudmap.benchmarks.scenario.startup;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cloudmap.benchmarks.scenario.InstanceQuery;
import dev.cloudmap.benchmarks.scenario.process.RegistryProcess;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the start of the same small web application with different discovery starters,
 * in turn. System properties: {@code startup.rounds} is the number of starts of each,
 * {@code startup.consul} the path of a Consul executable, without which Consul is left
 * out, and {@code startup.archive=true} starts them with an AppCDS archive too.
 */
@Tag("slow")
class StartupIT {

	private static final int ROUNDS = Integer.getInteger("startup.rounds", 1);

	private static final Path DIRECTORY = Path.of("target", "scenarios", "startup");

	/** The classes that this starter may load in addition to the load balancer. */
	private static final int MAX_CLASSES = 1500;

	private final URI registry = URI.create("http://127.0.0.1:" + Ports.free());

	private final InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", Ports.free());

	private final int consulPort = Ports.free();

	@Test
	void comparesStarters() throws Exception {
		Files.createDirectories(DIRECTORY);
		try (RegistryProcess process = new RegistryProcess("registry", DIRECTORY, this.registry, this.dns);
				EurekaStub eureka = new EurekaStub()) {
			process.awaitReady();
			Process consul = consul();
			try {
				StartupTable starts = run(eureka, consul != null, false);
				report("results.md", starts);
				if (Boolean.getBoolean("startup.archive")) {
					report("results-archive.md", run(eureka, consul != null, true));
				}
				assertThat(starts.classes(Variant.JOINING) - starts.classes(Variant.LOAD_BALANCER))
					.isLessThan(MAX_CLASSES);
			}
			finally {
				if (consul != null) {
					consul.destroy();
					consul.waitFor();
				}
			}
		}
	}

	private StartupTable run(EurekaStub eureka, boolean withConsul, boolean archived) throws Exception {
		Map<Variant, List<Start>> starts = new EnumMap<>(Variant.class);
		for (int round = 0; round < ROUNDS; round++) {
			for (Variant variant : Variant.values()) {
				if (variant != Variant.CONSUL || withConsul) {
					List<String> jvm = archived ? List.of("-XX:SharedArchiveFile=" + archive(variant, eureka))
							: List.of();
					starts.computeIfAbsent(variant, (any) -> new ArrayList<>())
						.add(start(variant, eureka, jvm, round, Duration.ofSeconds(3)));
				}
			}
		}
		return new StartupTable(starts);
	}

	/** Creates the archive of an application in a start that is not measured. */
	private Path archive(Variant variant, EurekaStub eureka) throws Exception {
		Path archive = DIRECTORY.resolve(variant.name().toLowerCase(Locale.ROOT) + ".jsa").toAbsolutePath();
		if (!Files.exists(archive)) {
			start(variant, eureka, List.of("-XX:ArchiveClassesAtExit=" + archive), 0, Duration.ZERO);
		}
		return archive;
	}

	private Start start(Variant variant, EurekaStub eureka, List<String> jvmOptions, int round, Duration settling)
			throws Exception {
		int port = Ports.free();
		String instance = "i-" + port;
		URI hosted = URI.create("http://127.0.0.1:" + Ports.free());
		List<String> options = switch (variant) {
			case NONE, LOAD_BALANCER -> List.of();
			case JOINING -> ours(instance, "--discovery.embedded.http-port=" + this.registry.getPort());
			case HOSTING ->
				ours(instance, "--discovery.embedded.http-port=" + hosted.getPort(), "--discovery.embedded.dns-port=0");
			case ENDPOINT -> ours(instance, "--discovery.cloud-map.endpoint=" + this.registry,
					"--discovery.cloud-map.region=us-east-1", "--discovery.cloud-map.create=namespaces",
					"--discovery.lookup.dns.servers=127.0.0.1:" + this.dns.getPort());
			case CONSUL -> List.of("--spring.cloud.consul.port=" + this.consulPort);
			case EUREKA -> List.of("--eureka.client.service-url.defaultZone=" + eureka.url());
		};
		InstanceQuery api = InstanceQuery.api((variant == Variant.HOSTING) ? hosted : this.registry, "corp");
		try (StartedProcess process = new StartedProcess(variant.name().toLowerCase(Locale.ROOT) + "-" + round,
				DIRECTORY, variant.classPath(), jvmOptions, port, options)) {
			Start start = process.measure(variant.isOurs() ? () -> api.instances("app").contains(instance) : null,
					settling);
			process.end();
			return start;
		}
	}

	private static List<String> ours(String instance, String... options) {
		List<String> all = new ArrayList<>(List.of(options));
		all.add("--discovery.namespace=corp");
		// the time for callers before the end is not measured
		all.add("--discovery.registration.drain=0s");
		all.add("--discovery.registration.host=127.0.0.1");
		all.add("--discovery.registration.instance-id=" + instance);
		return all;
	}

	private Process consul() throws IOException {
		String executable = System.getProperty("startup.consul");
		if (executable == null) {
			return null;
		}
		return new ProcessBuilder(executable, "agent", "-dev", "-bind=127.0.0.1", "-http-port=" + this.consulPort,
				"-dns-port=" + Ports.free(), "-server-port=" + Ports.free(), "-serf-lan-port=" + Ports.free(),
				"-serf-wan-port=" + Ports.free(), "-grpc-port=" + Ports.free())
			.redirectErrorStream(true)
			.redirectOutput(DIRECTORY.resolve("consul.log").toFile())
			.start();
	}

	private static void report(String file, StartupTable table) throws IOException {
		Files.writeString(DIRECTORY.resolve(file), table.toString());
		System.out.println(table);
	}

}
