package dev.cloudmap.discovery.catalog.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ScriptedSignal;
import dev.cloudmap.discovery.catalog.ScriptedSource;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class CatalogSnapshotTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	@TempDir
	private Path directory;

	@Test
	void findsServicesWhenStartedWithoutARegistry() {
		runBefore("a", "b");
		this.source.fail();
		InstanceCatalog catalog = start(null);
		assertThat(shown(catalog)).containsExactly("a", "b");
		WatchedService worker = catalog.service("worker");
		assertThat(worker.entry().set().source()).isEqualTo("snapshot");
		assertThat(worker.failure()).hasMessage("away");
		this.source.find("a");
		this.timer.advance(Duration.ofSeconds(3));
		assertThat(worker.entry().set().source()).isEqualTo("test");
		assertThat(shown(catalog)).containsExactly("a");
	}

	@Test
	void prefersAnAvailableRegistry() {
		runBefore("a", "b");
		this.source.find();
		assertThat(shown(start(null))).isEmpty();
	}

	@Test
	void holdsInstancesIfTheRegistryReturnsEmpty() {
		runBefore("a", "b");
		this.source.fail();
		InstanceCatalog catalog = start(null);
		assertThat(shown(catalog)).containsExactly("a", "b");
		this.source.find();
		this.timer.advance(Duration.ofSeconds(3));
		assertThat(shown(catalog)).containsExactly("a", "b");
		this.timer.advance(Duration.ofSeconds(11));
		assertThat(shown(catalog)).isEmpty();
	}

	@Test
	void ignoresStaleLists() {
		runBefore("a");
		this.timer.advance(Duration.ofHours(1));
		this.source.fail();
		assertThat(start(Duration.ofMinutes(59)).service("worker").instances()).isCompletedExceptionally();
		assertThat(shown(start(Duration.ofMinutes(61)))).containsExactly("a");
	}

	@Test
	void mergesChangesIntoOneWrite() {
		InstanceCatalog catalog = start(null);
		this.source.find("a");
		assertThat(shown(catalog)).containsExactly("a");
		assertThat(file()).doesNotExist();
		this.timer.advance(CatalogSnapshot.WRITE_DELAY);
		assertThat(file()).content()
			.startsWith("discovery-snapshot 1\n")
			.contains("instance a 127.0.0.1")
			.endsWith("end\n");
		assertThat(files()).containsExactly(file());
		String before = read();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(file()).hasContent(before);
	}

	@Test
	void keepsServicesThatAreNotCalled() {
		runBefore("a");
		this.source.find();
		InstanceCatalog catalog = start(null);
		catalog.service("other");
		catalog.close();
		assertThat(file()).content().contains("service corp worker");
	}

	@Test
	void removesServicesAfterAWeekWithoutCalls() {
		runBefore("a");
		this.timer.advance(Duration.ofDays(8));
		start(null).close();
		assertThat(file()).content().doesNotContain("worker");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery-snapshot 1\n", "discovery-snapshot 2\nend\n",
			"discovery-snapshot 1\nservice corp worker never\nend\n",
			"discovery-snapshot 1\nservice corp worker 2026-01-01T00:00:00Z\ninstance a 127.0.0.1 80 HEALTHY x\nend\n",
			"discovery-snapshot 1\nservice corp worker 2026-01-01T00:00:00Z\ninstance a 127.0.0.1 0 HEALTHY\nend\n",
			"discovery-snapshot 1\nservice corp worker 2026-01-01T00:00:00Z\ninstance %zz 127.0.0.1 1 HEALTHY\nend\n",
			"discovery-snapshot 1\ninstance a 127.0.0.1 80 HEALTHY\nend\n", "discovery-snapshot 1\n\nend\n" })
	void overwritesADamagedFileAndLogsItOnce(String content, CapturedOutput output) throws IOException {
		Files.writeString(file(), content);
		this.source.find("a");
		InstanceCatalog catalog = start(null);
		assertThat(shown(catalog)).containsExactly("a");
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(output).containsOnlyOnce("is not a readable snapshot and is overwritten");
		assertThat(file()).content().contains("instance a");
	}

	@Test
	void doesNotOverwriteAForeignFile(CapturedOutput output) throws IOException {
		Files.writeString(file(), "my novel");
		runBefore("a");
		assertThat(file()).hasContent("my novel");
		assertThat(output).containsOnlyOnce("and is not overwritten (discovery.lookup.snapshot)");
	}

	@Test
	void rejectsAFileThatIsTooLarge(CapturedOutput output) throws IOException {
		Files.writeString(file(), "discovery-snapshot 1\n" + "x".repeat(SnapshotFormat.MAX_BYTES));
		start(null);
		assertThat(output).contains("expected " + SnapshotFormat.MAX_BYTES + " bytes at most");
	}

	@Test
	void logsAFailedWriteOnce(CapturedOutput output) throws IOException {
		Files.writeString(this.directory.resolve("blocked"), "");
		CatalogSnapshot snapshot = new CatalogSnapshot(this.directory.resolve("blocked/snapshot"), this.timer,
				Runnable::run, new CallableInstances(Scope.ANYWHERE));
		InstanceCatalog catalog = catalog(snapshot, null);
		for (String id : List.of("a", "b", "c")) {
			this.source.find(id);
			this.timer.advance(Duration.ofSeconds(7));
			assertThat(shown(catalog)).containsExactly(id);
		}
		assertThat(output).containsOnlyOnce("could not be written");
	}

	@Test
	void ignoresListsWithoutCallableInstances() {
		runBefore("a");
		this.source.fail();
		CallableInstances callable = new CallableInstances(Scope.NETWORK);
		InstanceCatalog catalog = catalog(new CatalogSnapshot(file(), this.timer, Runnable::run, callable), null);
		assertThat(catalog.service("worker").instances()).isCompletedExceptionally();
	}

	private void runBefore(String... ids) {
		this.source.find(ids);
		InstanceCatalog catalog = start(null);
		assertThat(shown(catalog)).containsExactly(ids);
		catalog.close();
	}

	private InstanceCatalog start(@Nullable Duration maxStaleness) {
		return catalog(new CatalogSnapshot(file(), this.timer, Runnable::run, new CallableInstances(Scope.ANYWHERE)),
				maxStaleness);
	}

	private InstanceCatalog catalog(CatalogSnapshot snapshot, @Nullable Duration maxStaleness) {
		return TestCatalog.of(this.source, new ScriptedSignal(), this.timer, TestCatalog.settings(maxStaleness),
				snapshot);
	}

	private Path file() {
		return this.directory.resolve("snapshot");
	}

	private List<Path> files() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String read() {
		try {
			return Files.readString(file());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> shown(InstanceCatalog catalog) {
		return catalog.service("worker").instances().join().stream().map(ServiceInstance::getInstanceId).toList();
	}

}
