package dev.cloudmap.registry.api.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NamespaceChangesTests {

	private final NamespaceChanges changes = new NamespaceChanges(100, 3);

	private WatchAnswer since(Long revision) {
		return this.changes.since(revision, 0);
	}

	private List<String> services(long since) {
		WatchAnswer answer = since(since);
		assertThat(answer.everything()).isFalse();
		return answer.services();
	}

	@Test
	void returnsChangesInOrder() {
		this.changes.record(Map.of("b", 101L));
		this.changes.record(Map.of("a", 102L));
		this.changes.record(Map.of("c", 105L));
		assertThat(services(100)).containsExactly("b", "a", "c");
		assertThat(services(101)).containsExactly("a", "c");
		assertThat(services(103)).containsExactly("c");
		assertThat(services(105)).isEmpty();
		assertThat(since(100L).revision()).isEqualTo(105);
	}

	@Test
	void returnsNewerRevisionOfRegistry() {
		this.changes.record(Map.of("a", 101L));
		assertThat(this.changes.since(101L, 107)).isEqualTo(new WatchAnswer(107, false, List.of()));
		assertThat(this.changes.since(107L, 107)).isEqualTo(new WatchAnswer(107, false, List.of()));
	}

	@Test
	void returnsEachServiceOnce() {
		for (int i = 0; i < 1000; i++) {
			this.changes.record(Map.of((i % 2 == 0) ? "even" : "odd", 101L + i));
		}
		assertThat(services(100)).containsExactly("even", "odd");
		assertThat(services(1099)).containsExactly("odd");
	}

	@Test
	void returnsEverythingForUnknownRevisions() {
		this.changes.record(Map.of("a", 101L));
		assertThat(since(null)).isEqualTo(WatchAnswer.everything(101));
		assertThat(since(99L)).isEqualTo(WatchAnswer.everything(101));
		assertThat(since(102L)).isEqualTo(WatchAnswer.everything(101));
	}

	@Test
	void evictsOldestChanges() {
		this.changes.record(Map.of("a", 101L, "b", 102L, "c", 103L));
		this.changes.record(Map.of("a", 104L));
		assertThat(services(100)).containsExactly("b", "c", "a");
		this.changes.record(Map.of("d", 105L));
		assertThat(since(101L).everything()).isTrue();
		assertThat(services(102)).containsExactly("c", "a", "d");
	}

	@Test
	void evictsOldestOfUnorderedBatch() {
		this.changes.record(IntStream.range(0, 100)
			.boxed()
			.collect(Collectors.toMap((i) -> "service-" + i * 7919 % 100, (i) -> 101L + i)));
		assertThat(since(196L).everything()).isTrue();
		assertThat(services(197)).hasSize(3);
	}

	@Test
	void reportsEverythingAfterDeletion() {
		this.changes.record(Map.of("a", 101L));
		this.changes.delete(102);
		assertThat(since(101L)).isEqualTo(WatchAnswer.everything(102));
		this.changes.record(Map.of("a", 103L));
		assertThat(since(102L)).isEqualTo(WatchAnswer.everything(102));
	}

	@Test
	void wakesEachQueryOnce() {
		List<String> woken = new ArrayList<>();
		Runnable removed = () -> woken.add("removed");
		this.changes.add(() -> woken.add("first"));
		this.changes.add(removed);
		this.changes.add(() -> woken.add("last"));
		this.changes.remove(removed);
		this.changes.wake();
		this.changes.wake();
		assertThat(woken).containsExactly("first", "last");
	}

}
