package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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

	/**
	 * Creates a meter with the limits of an application.
	 * @param limited returns whether the budget applies at the moment: calls to AWS cost
	 * money and count against quotas
	 */
	public CallMeter(BooleanSupplier limited) {
		this(limited, new CallBudget(CallBudget.PER_SECOND, CallBudget.BURST, System::nanoTime));
	}

	/**
	 * Creates a meter with a budget of its own.
	 * @param limited whether the budget applies
	 * @param budget the budget
	 */
	public CallMeter(BooleanSupplier limited, CallBudget budget) {
		this.limited = limited;
		this.budget = budget;
		for (CloudMapOperation operation : CloudMapOperation.values()) {
			this.tallies.put(operation, new Tally());
		}
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
	 * @param free whether the registry is known not to be AWS, so that the budget does
	 * not apply
	 * @throws CallBudgetExceededException if the budget is used up
	 */
	void begin(CloudMapOperation operation, boolean free) {
		if (!free && this.limited.getAsBoolean() && !this.budget.take()) {
			tally(operation).refused.increment();
			throw new CallBudgetExceededException(operation);
		}
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
		return Objects.requireNonNull(this.tallies.get(operation));
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
