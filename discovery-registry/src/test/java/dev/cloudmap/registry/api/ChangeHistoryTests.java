package dev.cloudmap.registry.api;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChangeHistoryTests {

	private final ChangeHistory history = new ChangeHistory(100, 3);

	private List<String> after(long revision) {
		List<ServiceEvent> events = this.history.after(revision, 10);
		assertThat(events).isNotNull();
		return events.stream().map((event) -> event.service() + " " + event.revision()).toList();
	}

	@Test
	void tellsWhatFollowsInItsOrder() {
		this.history.record(Map.of("b", 101L));
		this.history.record(Map.of("a", 102L));
		this.history.record(Map.of("c", 105L));
		assertThat(after(100)).containsExactly("b 101", "a 102", "c 105");
		assertThat(after(101)).containsExactly("a 102", "c 105");
		assertThat(after(103)).containsExactly("c 105");
		assertThat(after(105)).isEmpty();
		assertThat(this.history.latest()).isEqualTo(105);
	}

	@Test
	void tellsOnlyTheLatestOfEachService() {
		for (int i = 0; i < 1000; i++) {
			this.history.record(Map.of((i % 2 == 0) ? "even" : "odd", 101L + i));
		}
		assertThat(after(100)).containsExactly("even 1099", "odd 1100");
		assertThat(after(1099)).containsExactly("odd 1100");
	}

	@Test
	void tellsNoMoreThanIsWantedAtATime() {
		this.history.record(Map.of("a", 101L, "b", 102L, "c", 103L));
		assertThat(this.history.after(100, 2)).extracting(ServiceEvent::service).containsExactly("a", "b");
		assertThat(this.history.after(102, 2)).extracting(ServiceEvent::service).containsExactly("c");
	}

	@Test
	void knowsNothingFromBeforeItBegan() {
		assertThat(this.history.after(99, 10)).isNull();
		assertThat(this.history.knowsWhatFollows(99)).isFalse();
		assertThat(this.history.knowsWhatFollows(100)).isTrue();
		assertThat(after(100)).isEmpty();
	}

	@Test
	void forgetsThatWhichChangedLongestAgo() {
		this.history.record(Map.of("a", 101L, "b", 102L, "c", 103L));
		this.history.record(Map.of("a", 104L));
		assertThat(after(100)).containsExactly("b 102", "c 103", "a 104");
		this.history.record(Map.of("d", 105L));
		assertThat(this.history.after(101, 10)).isNull();
		assertThat(after(102)).containsExactly("c 103", "a 104", "d 105");
	}

	@Test
	void forgetsTheOldestOfABatchWhateverItsOrder() {
		this.history.record(IntStream.range(0, 100)
			.boxed()
			.collect(Collectors.toMap((i) -> "service-" + i * 7919 % 100, (i) -> 101L + i)));
		assertThat(this.history.knowsWhatFollows(196)).isFalse();
		assertThat(this.history.after(197, 10)).extracting(ServiceEvent::revision).containsExactly(198L, 199L, 200L);
	}

	@Test
	void knowsNothingMoreOnceItHasEnded() {
		this.history.record(Map.of("a", 101L));
		this.history.end(102);
		assertThat(this.history.hasEnded()).isTrue();
		assertThat(this.history.after(101, 10)).isNull();
		this.history.record(Map.of("a", 103L));
		assertThat(this.history.latest()).isEqualTo(102);
		assertThat(after(102)).isEmpty();
	}

}
