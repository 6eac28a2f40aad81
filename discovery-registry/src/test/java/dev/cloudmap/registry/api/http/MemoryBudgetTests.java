package dev.cloudmap.registry.api.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limit of the memory that all connections use together.
 */
class MemoryBudgetTests {

	private static final int LARGE = 2 * MemoryBudget.SMALL;

	private final MemoryBudget budget = new MemoryBudget(2L * LARGE);

	@Test
	void rejectsLargeReservationAboveLimit() {
		assertThat(this.budget.reserve(LARGE, 0)).isTrue();
		assertThat(this.budget.reserve(LARGE, 0)).isTrue();
		assertThat(this.budget.reserve(LARGE, 0)).isFalse();
		assertThat(this.budget.reserve(MemoryBudget.SMALL, 0)).isTrue();
		this.budget.release(MemoryBudget.SMALL);
		this.budget.release(LARGE);
		assertThat(this.budget.reserve(LARGE, 0)).isTrue();
	}

	@Test
	void rejectsReservationThatGrowsLarge() {
		assertThat(this.budget.reserve(2 * LARGE, 0)).isTrue();
		assertThat(this.budget.reserve(MemoryBudget.SMALL, 0)).isTrue();
		assertThat(this.budget.reserve(1, MemoryBudget.SMALL)).isFalse();
	}

	@Test
	void acceptsSingleLargeReservation() {
		MemoryBudget narrow = new MemoryBudget(1);
		assertThat(narrow.reserve(LARGE, 0)).isTrue();
		assertThat(narrow.reserve(LARGE, LARGE)).isTrue();
		assertThat(narrow.reserve(LARGE, 0)).isFalse();
	}

}
