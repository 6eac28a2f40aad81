package dev.cloudmap.benchmarks.scenario;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.cloudmap.benchmarks.scenario.process.ProjectJar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Runs the comparison of the registry's API with Consul's for some seconds, so that the
 * script keeps working. The figures of such a short run mean nothing.
 */
@Tag("slow")
class PeerComparisonIT {

	private static final Path DIRECTORY = Path.of("target", "scenarios", "peer-comparison");

	/** The path of Consul; found on the PATH by default. */
	private static final @Nullable String CONSUL = System.getProperty("peers.consul", find("consul"));

	@Test
	void comparesReadsAndWritesInMemoryAndStored() throws Exception {
		assumeTrue(CONSUL != null && find("wrk") != null && find("curl") != null,
				"The comparison with Consul is skipped: it needs consul (or -Dpeers.consul=FILE), wrk and curl");
		Files.createDirectories(DIRECTORY);
		Path table = DIRECTORY.resolve("results.md").toAbsolutePath();
		File log = DIRECTORY.resolve("run.log").toFile();
		Process process = new ProcessBuilder(List.of("bash", script().toString(), "--consul", String.valueOf(CONSUL),
				"--jar", ProjectJar.REGISTRY.path().toString(), "--rounds", "1", "--seconds", "1", "--warm-up", "1",
				"--starts", "1", "--instances", "1000", "--output", table.toString()))
			.redirectErrorStream(true)
			.redirectOutput(log)
			.start();
		try {
			assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
			assertThat(process.exitValue()).as(Files.readString(log.toPath())).isZero();
		}
		finally {
			process.destroy();
		}
		assertThat(Files.readAllLines(table).stream().filter((line) -> line.matches("\\| (reads|writes), .*")))
			.hasSize(8)
			.allMatch((line) -> line.matches("\\| \\w+, (in memory|stored), \\d+ connections? \\| [1-9].*"));
		assertThat(Files.readString(table)).containsPattern("Start to ready: \\d+ ms")
			.containsPattern("1000 instances: \\d+ MB");
	}

	private static Path script() {
		return Path.of(System.getProperty("scenario.root", "."), "discovery-benchmarks", "http", "run")
			.toAbsolutePath()
			.normalize();
	}

	private static @Nullable String find(String program) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, program))
			.filter(Files::isExecutable)
			.map(Path::toString)
			.findFirst()
			.orElse(null);
	}

}
