package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;

/**
 * Counts the calls of each operation and refuses calls beyond the budget. Thread-safe.
 */
public final class CallMeter {

	private final CallBudget budget;

	/** Whether the budget applies at the moment. */
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
	 * Creates a meter for AWS, where calls cost money and count against quotas.
	 */
	public static CallMeter withBudget() {
		return withBudget(CallBudget.ofApplication());
	}

	public static CallMeter withBudget(CallBudget budget) {
		return new CallMeter(budget, () -> true);
	}

	/**
	 * Creates a meter for an endpoint that is identified as AWS or another registry only
	 * later.
	 * @param limited returns whether the budget applies at the moment
	 */
	public static CallMeter withBudgetWhere(BooleanSupplier limited) {
		return withBudgetWhere(limited, CallBudget.ofApplication());
	}

	public static CallMeter withBudgetWhere(BooleanSupplier limited, CallBudget budget) {
		return new CallMeter(budget, limited);
	}

	/**
	 * Returns the counts so far.
	 */
	public CallCounts counts() {
		Map<String, Count> counts = new LinkedHashMap<>();
		this.tallies.forEach((operation, tally) -> counts.put(operation.apiName(), tally.count()));
		return new CallCounts(counts);
	}

	/**
	 * Counts a call before it is sent.
	 * @throws CallBudgetExceededException if the budget is used up
	 */
	void begin(CloudMapOperation operation) {
		if (this.limited.getAsBoolean() && !this.budget.take()) {
			tally(operation).refused.increment();
			throw new CallBudgetExceededException(operation);
		}
		beginFree(operation);
	}

	/**
	 * Counts a call before it is sent. The budget does not apply to the call.
	 */
	void beginFree(CloudMapOperation operation) {
		tally(operation).calls.increment();
	}

	/**
	 * Counts the failure of a call.
	 * @param attempts the number of attempts of the call; only the first one is already
	 * counted
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

		/** Reads failures before calls: each call is counted before its failure. */
		private Count count() {
			long failed = this.failures.sum();
			return new Count(this.calls.sum(), failed, this.refused.sum());
		}

	}

}
