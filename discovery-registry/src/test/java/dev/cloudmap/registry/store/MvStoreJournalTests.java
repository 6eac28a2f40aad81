package dev.cloudmap.registry.store;

import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Successful and failed commits.
 */
class MvStoreJournalTests {

	@TempDir
	private Path directory;

	/**
	 * Changes that an error interrupts are not acknowledged, so they must not be stored.
	 */
	@Test
	void discardsTransactionAfterError() {
		List<Change> failing = new AbstractList<>() {
			@Override
			public Change get(int index) {
				if (index == 1) {
					throw new StackOverflowError();
				}
				return created("srv-lost", 1);
			}

			@Override
			public int size() {
				return 2;
			}
		};
		try (MvStoreJournal journal = MvStoreJournal.open(this.directory)) {
			assertThatThrownBy(() -> journal.commit(new Journal.Commit(2, failing, List.of(), List.of())))
				.isInstanceOf(StackOverflowError.class);
			journal.commit(new Journal.Commit(3, List.of(created("srv-kept", 3)), List.of(), List.of()));
		}
		try (MvStoreJournal journal = MvStoreJournal.open(this.directory)) {
			assertThat(journal.load().revision()).isEqualTo(3);
			assertThat(journal.load().services()).extracting(Service::id).containsExactly("srv-kept");
		}
	}

	private static Change created(String id, long revision) {
		return new Change.ServiceCreated(revision, Samples.service(id));
	}

}
