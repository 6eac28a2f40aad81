package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Visibility of acknowledged changes in lookups.
 */
class LookupViewTests {

	private static final Duration LAG = Duration.ofSeconds(5);

	private final ManualScheduler scheduler = new ManualScheduler();

	private Emulation emulation = Emulation.NONE;

	private final RegistryState state = new RegistryState(Journal.NONE, this.scheduler, () -> this.emulation);

	private final LookupView view = LookupView.of(this.state, () -> this.emulation, this.scheduler);

	private final List<String> seen = new ArrayList<>();

	{
		this.view.addListener((snapshot, changes) -> {
			assertThat(snapshot).isSameAs(this.view.snapshot());
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
	void isImmediateWithoutLag() {
		create("one");
		assertThat(this.seen).containsExactly("one");
		assertThat(this.view.snapshot()).isSameAs(this.state.snapshot());
	}

	@Test
	void missesNoChangeDuringStart() {
		for (int round = 0; round < 50; round++) {
			try (RegistryState changing = new RegistryState(Journal.NONE, this.scheduler, () -> this.emulation)) {
				for (int i = 0; i < 100; i++) {
					CompletableFuture<String> change = changing.submit(namespace("n" + i));
					for (int j = 0; j < 4 * i; j++) {
						// Start at a different moment of the change each time.
						Thread.onSpinWait();
					}
					LookupView late = LookupView.of(changing, () -> this.emulation, this.scheduler);
					change.join();
					assertThat(late.snapshot().revision()).isEqualTo(changing.snapshot().revision());
				}
			}
		}
	}

	@Test
	void lagsBehind() {
		this.emulation = Emulation.NONE.withConsistencyDelay(LAG);
		create("one");
		assertThat(this.state.snapshot().namespaces()).hasSize(1);
		assertThat(this.view.snapshot().namespaces()).isEmpty();
		this.scheduler.advance(Duration.ofSeconds(3));
		create("two");
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.seen).containsExactly("one");
		assertThat(this.view.snapshot().namespaces()).hasSize(1);
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.seen).containsExactly("one", "two");
	}

	@Test
	void keepsOrderWhenLagIsShortened() {
		this.emulation = Emulation.NONE.withConsistencyDelay(LAG);
		create("one");
		this.scheduler.advance(Duration.ofSeconds(1));
		this.emulation = Emulation.NONE.withConsistencyDelay(Duration.ofSeconds(1));
		create("two");
		this.emulation = Emulation.NONE;
		create("three");
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.seen).isEmpty();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.seen).containsExactly("one", "two", "three");
		create("four");
		assertThat(this.seen).hasSize(4);
	}

	@Test
	void allViewsShowChangeBeforeNotification() {
		List<String> order = new ArrayList<>();
		this.view.addListener((snapshot, changes) -> order.add("told"));
		this.view.addIndex((snapshot, changes) -> order.add((this.view.snapshot() == snapshot) ? "shown" : "view"));
		create("one");
		assertThat(order).containsExactly("view", "told");
	}

}
