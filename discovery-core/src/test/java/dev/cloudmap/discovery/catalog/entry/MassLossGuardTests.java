package dev.cloudmap.discovery.catalog.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.ScriptedSource;

import static org.assertj.core.api.Assertions.assertThat;

class MassLossGuardTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private MassLossGuard<Instance> guard = MassLossGuard.none();

	private List<Instance> shown = List.of();

	@Test
	void aSecondEmptyResultConfirmsTheLoss() {
		assertThat(look(0, "a")).isEqualTo("a");
		assertThat(look(1)).isEqualTo("a");
		assertThat(look(10)).isEqualTo("a");
		assertThat(look(11)).isEmpty();
	}

	@Test
	void withFewInstancesOnlyTheLossOfAllIsHeld() {
		look(0, "a", "b", "c", "d");
		assertThat(look(1, "a", "b", "c")).isEqualTo("abc");
		assertThat(look(2, "a")).isEqualTo("a");
		assertThat(look(3)).isEqualTo("a");
	}

	@Test
	void holdsTheLossOfMoreThanHalf() {
		look(0, "a", "b", "c", "d", "e");
		assertThat(look(1, "a", "b", "c")).isEqualTo("abc");
		look(2, "a", "b", "c", "d", "e");
		assertThat(look(3, "a", "b")).isEqualTo("abcde");
		assertThat(look(12, "a", "b")).isEqualTo("abcde");
		assertThat(look(13, "a", "b")).isEqualTo("ab");
	}

	@Test
	void doesNotHoldTheLossOfHalf() {
		look(0, "a", "b", "c", "d", "e", "f");
		assertThat(look(1, "a", "b", "c")).isEqualTo("abc");
	}

	@Test
	void holdsInstancesWhileTheyRegisterAgain() {
		look(0, "a", "b", "c", "d", "e", "f");
		assertThat(look(1)).isEqualTo("abcdef");
		assertThat(look(2, "a")).isEqualTo("abcdef");
		assertThat(look(3, "a", "b", "c", "d")).isEqualTo("abcdef");
		assertThat(look(4, "a", "b", "c", "d", "n")).isEqualTo("abcdefn");
		assertThat(look(5, "a", "b", "c", "d", "e", "f", "n")).isEqualTo("abcdefn");
		assertThat(this.guard).isSameAs(MassLossGuard.none());
	}

	@Test
	void doesNotHoldAnInstanceThatReturnedAndLeft() {
		look(0, "a", "b");
		look(1);
		assertThat(look(2, "a", "b")).isEqualTo("ab");
		assertThat(look(3, "a")).isEqualTo("a");
	}

	@Test
	void doesNotHoldALaterSingleLoss() {
		look(0, "a", "b", "c", "d", "e", "f");
		look(1, "a", "b");
		assertThat(look(2, "a")).isEqualTo("acdef");
		assertThat(look(11, "a")).isEqualTo("a");
	}

	@Test
	void asManyNewInstancesReplaceTheHeldOnes() {
		look(0, "a", "b", "c", "d", "e");
		assertThat(look(1, "f", "g", "h", "i", "j")).isEqualTo("fghij");
		assertThat(look(2)).isEqualTo("fghij");
		assertThat(look(3, "k", "l")).isEqualTo("fghijkl");
		assertThat(look(4, "k", "l", "m", "n", "o")).isEqualTo("klmno");
	}

	@Test
	void replacesASingleInstanceAtOnce() {
		look(0, "a");
		assertThat(look(1)).isEqualTo("a");
		assertThat(look(2, "b")).isEqualTo("b");
	}

	@Test
	void aSecondLossIsHeldSeparately() {
		look(0, "a");
		look(1);
		look(9, "a");
		assertThat(look(10)).isEqualTo("a");
		assertThat(look(19)).isEqualTo("a");
		assertThat(look(20)).isEmpty();
	}

	@Test
	void failedLookupsConfirmNothing() {
		look(0, "a");
		look(1);
		this.guard = this.guard.afterFailure();
		assertThat(look(60)).isEqualTo("a");
		assertThat(this.guard.end()).isEqualTo(START.plusSeconds(70));
		assertThat(look(70)).isEmpty();
	}

	@Test
	void aChangedInstanceIsNotLost() {
		look(0, "a");
		List<Instance> moved = List.of(new Instance(ScriptedSource.WORKER, "a", "10.0.0.1", 1234,
				this.shown.get(0).health(), this.shown.get(0).attributes()));
		this.guard = this.guard.next(Instance::id, this.shown, moved, START);
		assertThat(this.guard).isSameAs(MassLossGuard.none());
	}

	/**
	 * Applies a lookup at a second and returns the shown instances.
	 */
	private String look(int second, String... found) {
		InstanceSet set = ScriptedSource.set(found);
		this.guard = this.guard.next(Instance::id, this.shown, set.instances(), START.plus(Duration.ofSeconds(second)));
		List<Instance> shown = new ArrayList<>(set.instances());
		shown.addAll(this.guard.held().keySet());
		this.shown = set.with(shown).instances();
		return String.join("", this.shown.stream().map(Instance::id).toList());
	}

}
