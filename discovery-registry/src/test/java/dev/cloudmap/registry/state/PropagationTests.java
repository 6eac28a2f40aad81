package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.HandTurnedTimeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When look-ups see what was acknowledged.
 */
class PropagationTests {

	private static final Duration LAG = Duration.ofSeconds(5);

	private final HandTurnedTimeline timeline = new HandTurnedTimeline();

	private Realism realism = Realism.NONE;

	private final RegistryState state = new RegistryState(Journal.NONE, this.timeline, () -> this.realism);

	private final Propagation propagation = Propagation.of(this.state, () -> this.realism, this.timeline);

	private final List<String> seen = new ArrayList<>();

	{
		this.propagation.addListener((snapshot, changes) -> {
			assertThat(snapshot).isSameAs(this.propagation.snapshot());
			assertThat(snapshot.revision()).isEqualTo(changes.get(changes.size() - 1).revision());
			changes.forEach((change) -> this.seen.add(((Change.NamespaceCreated) change).namespace().name()));
		});
	}

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void create(String name) {
		this.state.submit(namespace(name)).join();
	}

	private static CreateNamespace namespace(String name) {
		return Samples.createNamespace("ns-" + name, name);
	}

	@Test
	void isImmediateUnlessALagIsAskedFor() {
		create("one");
		assertThat(this.seen).containsExactly("one");
		assertThat(this.propagation.snapshot()).isSameAs(this.state.snapshot());
	}

	@Test
	void missesNothingWhileItBegins() {
		for (int round = 0; round < 50; round++) {
			try (RegistryState changing = new RegistryState(Journal.NONE, this.timeline, () -> this.realism)) {
				for (int i = 0; i < 100; i++) {
					CompletableFuture<String> change = changing.submit(namespace("n" + i));
					for (int j = 0; j < 4 * i; j++) {
						// So that it begins at another moment of the change each time.
						Thread.onSpinWait();
					}
					Propagation late = Propagation.of(changing, () -> this.realism, this.timeline);
					change.join();
					assertThat(late.snapshot().revision()).isEqualTo(changing.snapshot().revision());
				}
			}
		}
	}

	@Test
	void lagsBehind() {
		this.realism = Realism.NONE.withConsistencyDelay(LAG);
		create("one");
		assertThat(this.state.snapshot().namespaces()).hasSize(1);
		assertThat(this.propagation.snapshot().namespaces()).isEmpty();
		this.timeline.advance(Duration.ofSeconds(3));
		create("two");
		this.timeline.advance(Duration.ofSeconds(2));
		assertThat(this.seen).containsExactly("one");
		assertThat(this.propagation.snapshot().namespaces()).hasSize(1);
		this.timeline.advance(Duration.ofSeconds(3));
		assertThat(this.seen).containsExactly("one", "two");
	}

	@Test
	void keepsTheOrderWhenTheLagIsShortened() {
		this.realism = Realism.NONE.withConsistencyDelay(LAG);
		create("one");
		this.timeline.advance(Duration.ofSeconds(1));
		this.realism = Realism.NONE.withConsistencyDelay(Duration.ofSeconds(1));
		create("two");
		this.realism = Realism.NONE;
		create("three");
		this.timeline.advance(Duration.ofSeconds(3));
		assertThat(this.seen).isEmpty();
		this.timeline.advance(Duration.ofSeconds(1));
		assertThat(this.seen).containsExactly("one", "two", "three");
		create("four");
		assertThat(this.seen).hasSize(4);
	}

	@Test
	void deliversTogetherWhatIsCloseTogether() {
		this.realism = Realism.NONE.withConsistencyDelay(LAG);
		List<Integer> parcels = new ArrayList<>();
		this.propagation.addListener((snapshot, changes) -> parcels.add(changes.size()));
		for (int i = 0; i < 100; i++) {
			create("n" + i);
			this.timeline.advance(Duration.ofMillis(10));
		}
		this.timeline.advance(LAG);
		assertThat(this.seen).hasSize(100);
		assertThat(parcels).hasSizeBetween(10, 20);
	}

	@Test
	void isInAllViewsBeforeAnybodyIsToldOfIt() {
		List<String> order = new ArrayList<>();
		this.propagation.addListener((snapshot, changes) -> order.add("told"));
		this.propagation
			.addView((snapshot, changes) -> order.add((this.propagation.snapshot() == snapshot) ? "shown" : "view"));
		create("one");
		assertThat(order).containsExactly("view", "told");
	}

}
