package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.StandardError;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.InstanceReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A disk that is full or not writable for another reason.
 */
class FullDiskTests {

	private static final String NO_SPACE = "No space left on device";

	@TempDir
	private Path parent;

	private FullDisk disk;

	@BeforeEach
	void mount() {
		this.disk = FullDisk.in(this.parent);
	}

	@AfterEach
	void unmount() {
		this.disk.close();
	}

	private TestRegistry start() {
		return TestRegistry.start((options) -> options.withDataDirectory(this.disk.directory()));
	}

	private static List<String> names(TestRegistry registry) {
		return registry.client().listNamespaces().namespaces().stream().map(NamespaceSummary::name).toList();
	}

	private List<String> files() throws Exception {
		try (Stream<Path> files = Files.list(this.disk.directory())) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { NO_SPACE, "Disk quota exceeded", "Read-only file system", "Input/output error",
			"File too large" })
	void errorStatesCauseAndIntactData(String cause) {
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("kept");
			this.disk.failAfter(0, cause);
			for (String name : List.of("refused", "refused-too")) {
				assertThatExceptionOfType(ServiceDiscoveryException.class)
					.isThrownBy(() -> registry.createHttpNamespace(name))
					.withMessageContaining("cannot store changes: " + cause + ". This change was not made.")
					.withMessageContaining("are stored")
					.satisfies((refusal) -> {
						assertThat(refusal.statusCode()).isEqualTo(500);
						assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("InternalFailure");
						assertThat(refusal.getMessage()).doesNotContain("sun.nio", "Channel", this.parent.toString());
					});
			}
			assertThat(names(registry)).containsExactly("kept");
		}
		this.disk.mend();
		try (TestRegistry registry = start()) {
			assertThat(names(registry)).containsExactly("kept");
		}
	}

	@Test
	void failedStartReportsCauseAndKeepsFiles() throws Exception {
		this.disk.failAfter(5000, NO_SPACE);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining("registry.mv.new': " + NO_SPACE);
		assertThat(files()).containsExactly(RevisionMark.FILE_NAME);
		this.disk.mend();
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("kept");
		}
		byte[] content = Files.readAllBytes(this.disk.directory().resolve(MvStoreJournal.FILE_NAME));
		this.disk.failAfter(5000, NO_SPACE);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining("registry.mv.new': " + NO_SPACE + ". What was kept in '")
			.withMessageContaining("start again");
		assertThat(files()).containsExactly(RevisionMark.FILE_NAME, MvStoreJournal.FILE_NAME);
		assertThat(this.disk.directory().resolve(MvStoreJournal.FILE_NAME)).hasBinaryContent(content);
		this.disk.mend();
		try (TestRegistry registry = start()) {
			assertThat(names(registry)).containsExactly("kept");
		}
	}

	static List<Supplier<Throwable>> failures() {
		return List.of(() -> new IOException(NO_SPACE), () -> new IllegalStateException("defect"),
				() -> new OutOfMemoryError("defect"));
	}

	/**
	 * Lets each write fail in turn: the writes of the copy and those of the resulting
	 * file.
	 */
	@ParameterizedTest
	@MethodSource("failures")
	void startThatFailsAtAnyWriteKeepsData(Supplier<Throwable> failure) throws Exception {
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("kept");
		}
		int failures = 0;
		boolean failed = true;
		for (long room = 0; failed; room += 1000) {
			this.disk.failAfter(room, failure);
			failed = false;
			try (Journal journal = MvStoreJournal.open(this.disk.directory())) {
				assertThat(journal.load().namespaces()).hasSize(1);
				this.disk.mend();
			}
			catch (StoreException ex) {
				failed = true;
				failures++;
				assertThat(ex).hasMessageContaining("registry.mv").hasMessageNotContaining("damaged");
				assertThat(files()).containsExactly(RevisionMark.FILE_NAME, MvStoreJournal.FILE_NAME);
			}
			this.disk.mend();
			try (Journal journal = MvStoreJournal.open(this.disk.directory())) {
				assertThat(journal.load().namespaces()).hasSize(1);
			}
		}
		assertThat(failures).isPositive();
	}

	/**
	 * Failures of a running registry, with a manual clock.
	 */
	@Nested
	class WhileRunning {

		private final ManualScheduler scheduler = new ManualScheduler();

		private Journal journal;

		private RegistryState state;

		@BeforeEach
		void start() {
			this.journal = MvStoreJournal.open(FullDiskTests.this.disk.directory());
			this.state = new RegistryState(this.journal, this.scheduler, () -> Emulation.NONE);
			Samples.addService(this.state, "srv-1");
			register("first");
		}

		@AfterEach
		void stop() {
			this.state.close();
			this.journal.close();
		}

		private void register(String id) {
			this.state.submit(new RegisterInstance(new InstanceReference("srv-1", id), Map.of(), null)).join();
		}

		private void refuses(String id, String cause) {
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> register(id))
				.havingCause()
				.isInstanceOf(JournalException.class)
				.withMessageContaining(cause);
		}

		private void deleteDirectory() throws Exception {
			Path directory = FullDiskTests.this.disk.directory();
			for (String name : files()) {
				Files.delete(directory.resolve(name));
			}
			Files.delete(directory);
		}

		private void keeps(String... ids) {
			assertThat(this.state.snapshot().service("srv-1").instances()).containsOnlyKeys(ids);
			stop();
			try (Journal kept = MvStoreJournal.open(FullDiskTests.this.disk.directory())) {
				Journal.Contents contents = kept.load();
				assertThat(contents.instances()).extracting((instance) -> instance.key().instanceId())
					.containsExactlyInAnyOrder(ids);
				assertThat(contents.namespaces()).hasSize(1);
				assertThat(contents.services()).hasSize(1);
				assertThat(contents.operations()).hasSize(ids.length);
			}
		}

		@Test
		void continuesAfterRepair() {
			FullDiskTests.this.disk.failAfter(100, NO_SPACE);
			refuses("second", NO_SPACE);
			FullDiskTests.this.disk.mend();
			// not retried immediately
			refuses("third", NO_SPACE);
			this.scheduler.advance(Duration.ofSeconds(5));
			register("fourth");
			register("fifth");
			keeps("first", "fourth", "fifth");
		}

		@Test
		void retriesUntilSpaceIsAvailable() throws Exception {
			for (int room = 0; room < 30_000; room += 3000) {
				FullDiskTests.this.disk.failAfter(room, NO_SPACE);
				this.scheduler.advance(Duration.ofMinutes(1));
				try {
					register("room-" + room);
				}
				catch (CompletionException ex) {
					assertThat(ex).cause().isInstanceOf(JournalException.class).hasMessageContaining(NO_SPACE);
				}
				assertThat(files()).containsExactly(RevisionMark.FILE_NAME, MvStoreJournal.FILE_NAME);
			}
			FullDiskTests.this.disk.mend();
			this.scheduler.advance(Duration.ofMinutes(1));
			register("last");
			keeps(this.state.snapshot().service("srv-1").instances().keySet().toArray(String[]::new));
		}

		@Test
		void writesAllDataWhenDeletedDirectoryReturns() throws Exception {
			deleteDirectory();
			refuses("second", "was deleted or replaced");
			refuses("second", "in memory only");
			this.scheduler.advance(Duration.ofSeconds(5));
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> register("third"))
				.havingCause()
				.withMessageContaining("does not exist")
				.withMessageNotContainingAny(FullDiskTests.this.parent.toString(), "intact");
			Files.createDirectory(FullDiskTests.this.disk.directory());
			this.scheduler.advance(Duration.ofMinutes(1));
			register("fourth");
			keeps("first", "fourth");
		}

		@Test
		void writesAllDataAtStopWhenDeletedDirectoryReturns() throws Exception {
			deleteDirectory();
			refuses("second", "was deleted or replaced");
			Files.createDirectory(FullDiskTests.this.disk.directory());
			keeps("first");
		}

		@Test
		void discardsChangeWhoseFlushFailed() {
			FullDiskTests.this.disk.failFlushes("Disk quota exceeded");
			refuses("second", "Disk quota exceeded");
			FullDiskTests.this.disk.mend();
			keeps("first");
		}

		@Test
		void rejectsChangeWhileMarkIsMissing() throws Exception {
			Path directory = FullDiskTests.this.disk.directory();
			Files.delete(directory.resolve(RevisionMark.FILE_NAME));
			byte[] content = Files.readAllBytes(directory.resolve(MvStoreJournal.FILE_NAME));
			refuses("second", "was deleted or replaced");
			assertThat(directory.resolve(MvStoreJournal.FILE_NAME)).hasBinaryContent(content);
			keeps("first");
		}

		@Test
		void rejectsChangeWhenMarkCannotBeWritten() {
			// An interrupt closes the channel of the mark.
			FullDiskTests.this.disk.afterFlush(() -> Thread.currentThread().interrupt());
			refuses("second", "ClosedByInterruptException");
			FullDiskTests.this.disk.mend();
			this.scheduler.advance(Duration.ofSeconds(5));
			register("third");
			keeps("first", "third");
		}

		@Test
		void logsAcknowledgedChangesLostAtStop() throws Exception {
			deleteDirectory();
			refuses("second", "was deleted or replaced");
			List<String> lines = StandardError.linesOf(this::stop);
			assertThat(lines.stream().filter((line) -> line.contains("ERROR"))).singleElement()
				.asString()
				.contains("does not exist", "lost");
		}

		@Test
		void doesNotWriteToDirectoryOfOtherRegistry() throws Exception {
			Path directory = FullDiskTests.this.disk.directory();
			for (String name : files()) {
				Files.delete(directory.resolve(name));
			}
			MvStoreJournal.open(directory).close();
			byte[] content = Files.readAllBytes(directory.resolve(MvStoreJournal.FILE_NAME));
			refuses("second", "was deleted or replaced");
			this.scheduler.advance(Duration.ofSeconds(5));
			refuses("third", "was replaced by that of another");
			assertThat(directory.resolve(MvStoreJournal.FILE_NAME)).hasBinaryContent(content);
		}

	}

}
