package dev.cloudmap.discovery.registry.cloudmap;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;

/**
 * Counts the calls of each operation, and lets no more pass than the budget allows.
 * Thread-safe.
 */
public final class CallMeter {

	private final CallBudget budget;

	/** Whether the budget counts at the moment. */
	private final BooleanSupplier limited;

	private final Map<CloudMapOperation, Tally> tallies = new EnumMap<>(CloudMapOperation.class);

	private CallMeter(CallBudget budget, BooleanSupplier limited) {
		this.budget = budget;
		this.limited = limited;
		for (CloudMapOperation operation : CloudMapOperation.values()) {
			this.tallies.put(operation, new Tally());
		}
	}

	/**
	 * A meter for AWS, where calls cost money and quota.
	 */
	public static CallMeter withBudget() {
		return withBudget(CallBudget.ofApplication());
	}

	static CallMeter withBudget(CallBudget budget) {
		return new CallMeter(budget, () -> true);
	}

	/**
	 * A meter for a registry of which it turns out later whether it is like AWS.
	 * @param limited whether the calls have a budget at the moment; not null
	 */
	public static CallMeter withBudgetWhere(BooleanSupplier limited) {
		return withBudgetWhere(limited, CallBudget.ofApplication());
	}

	static CallMeter withBudgetWhere(BooleanSupplier limited, CallBudget budget) {
		return new CallMeter(budget, limited);
	}

	/**
	 * What was counted so far.
	 */
	public CallCounts counts() {
		Map<String, Count> counts = new LinkedHashMap<>();
		this.tallies.forEach((operation, tally) -> counts.put(operation.apiName(), tally.count()));
		return new CallCounts(counts);
	}

	/**
	 * Counts a call that is about to be made.
	 * @throws CallBudgetExceededException if it must not be made
	 */
	void begin(CloudMapOperation operation) {
		if (this.limited.getAsBoolean() && !this.budget.take()) {
			tally(operation).refused.increment();
			throw new CallBudgetExceededException(operation);
		}
		beginFree(operation);
	}

	/**
	 * Counts a call that is about to be made, and may be made whatever is left of the
	 * budget.
	 */
	void beginFree(CloudMapOperation operation) {
		tally(operation).calls.increment();
	}

	/**
	 * Counts the failure of a call that was begun.
	 * @param attempts how often it was made; only the first was known beforehand
	 */
	void failed(CloudMapOperation operation, int attempts) {
		Tally tally = tally(operation);
		int more = Math.max(attempts - 1, 0);
		tally.calls.add(more);
		tally.failures.add(1 + more);
		if (this.limited.getAsBoolean()) {
			this.budget.charge(more);
		}
	}

	private Tally tally(CloudMapOperation operation) {
		Tally tally = this.tallies.get(operation);
		if (tally == null) {
			throw new IllegalStateException("Nothing counts " + operation);
		}
		return tally;
	}

	private static final class Tally {

		private final LongAdder calls = new LongAdder();

		private final LongAdder failures = new LongAdder();

		private final LongAdder refused = new LongAdder();

		/** Failures first: a call is counted before it fails. */
		private Count count() {
			long failed = this.failures.sum();
			return new Count(this.calls.sum(), failed, this.refused.sum());
		}

	}

}
