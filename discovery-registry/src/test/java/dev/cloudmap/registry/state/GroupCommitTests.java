package dev.cloudmap.registry.state;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.store.MvStoreJournal;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Concurrent writers share the cost of a commit.
 */
@Timeout(60)
class GroupCommitTests {

	@TempDir
	private Path directory;

	private static RegisterInstance registration(String instance) {
		return new RegisterInstance(new InstanceReference("srv-1", instance), Map.of(), null);
	}

	private static void createService(RegistryState state) {
		state.submit((transaction) -> {
			transaction.add(Samples.namespace());
			transaction.add(Samples.service("srv-1"));
			return "";
		}).join();
	}

	@Test
	void batchesChangesWhileStoreIsBusy() throws Exception {
		try (CountingJournal journal = new CountingJournal(Journal.NONE);
				RegistryState state = new RegistryState(journal, new ManualScheduler(), () -> Emulation.NONE)) {
			createService(state);
			CountDownLatch busy = journal.hold();
			List<CompletableFuture<String>> writers = new ArrayList<>();
			writers.add(state.submit(registration("first")));
			assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
			for (int i = 0; i < 500; i++) {
				writers.add(state.submit(registration("i-" + i)));
			}
			assertThat(writers).noneMatch(CompletableFuture::isDone);
			journal.release();
			CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
			assertThat(journal.commits).containsExactly(2, 1, 500);
		}
	}

	@Test
	void sharesFlushesOfTheRealStore() throws Exception {
		int clients = 64;
		int rounds = 20;
		try (CountingJournal journal = new CountingJournal(MvStoreJournal.open(this.directory));
				RegistryState state = new RegistryState(journal, new ManualScheduler(), () -> Emulation.NONE)) {
			createService(state);
			long started = System.nanoTime();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				String instance = "i-" + i;
				threads.add(new Thread(() -> {
					for (int round = 0; round < rounds; round++) {
						state.submit(registration(instance)).join();
					}
				}));
			}
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
			Duration taken = Duration.ofNanos(System.nanoTime() - started);
			assertThat(journal.commits.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2 + clients * rounds);
			System.out.printf("%d registrations by %d clients shared %d commits in %d ms%n", clients * rounds, clients,
					journal.commits.size() - 1, taken.toMillis());
			assertThat(journal.commits).hasSizeLessThan(clients * rounds / 2);
		}
	}

	/**
	 * A journal that counts the changes of each commit and can block.
	 */
	private static final class CountingJournal implements Journal {

		private final List<Integer> commits = new CopyOnWriteArrayList<>();

		private final Journal journal;

		private volatile CountDownLatch busy = new CountDownLatch(0);

		private volatile CountDownLatch free = new CountDownLatch(0);

		private CountingJournal(Journal journal) {
			this.journal = journal;
		}

		/**
		 * Blocks the next commit until {@link #release()}.
		 * @return a latch that opens when a commit waits
		 */
		private CountDownLatch hold() {
			this.free = new CountDownLatch(1);
			this.busy = new CountDownLatch(1);
			return this.busy;
		}

		private void release() {
			this.free.countDown();
		}

		@Override
		public Contents load() {
			return this.journal.load();
		}

		@Override
		public void commit(Commit commit) {
			this.busy.countDown();
			try {
				this.free.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.journal.commit(commit);
			this.commits.add(commit.changes().size());
		}

		@Override
		public void restore(Contents contents) {
			this.journal.restore(contents);
		}

		@Override
		public void close() {
			this.journal.close();
		}

	}

}
