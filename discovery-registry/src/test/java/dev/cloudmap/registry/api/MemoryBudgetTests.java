package dev.cloudmap.registry.api;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much memory connections may take together.
 */
class MemoryBudgetTests {

	private static final int LARGE = 2 * MemoryBudget.SMALL;

	private final MemoryBudget budget = new MemoryBudget(2L * LARGE);

	@Test
	void refusesMuchWhenTooMuchIsTaken() {
		assertThat(this.budget.take(LARGE, 0)).isTrue();
		assertThat(this.budget.take(LARGE, 0)).isTrue();
		assertThat(this.budget.take(LARGE, 0)).isFalse();
		assertThat(this.budget.take(MemoryBudget.SMALL, 0)).isTrue();
		this.budget.giveBack(MemoryBudget.SMALL);
		this.budget.giveBack(LARGE);
		assertThat(this.budget.take(LARGE, 0)).isTrue();
	}

	@Test
	void refusesWhatGrowsLarge() {
		assertThat(this.budget.take(2 * LARGE, 0)).isTrue();
		assertThat(this.budget.take(MemoryBudget.SMALL, 0)).isTrue();
		assertThat(this.budget.take(1, MemoryBudget.SMALL)).isFalse();
	}

	@Test
	void givesOneAlone() {
		MemoryBudget narrow = new MemoryBudget(1);
		assertThat(narrow.take(LARGE, 0)).isTrue();
		assertThat(narrow.take(LARGE, LARGE)).isTrue();
		assertThat(narrow.take(LARGE, 0)).isFalse();
	}

}
