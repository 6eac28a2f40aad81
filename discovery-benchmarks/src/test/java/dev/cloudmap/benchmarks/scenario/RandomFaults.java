package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

import dev.cloudmap.benchmarks.scenario.Fault.Target;
import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

/**
 * Creates random faults, which may overlap, in rounds. All faults of a round end within
 * the round. The choices are reproducible by the seed.
 */
final class RandomFaults {

	/** The maximum time from the start of a round to the start of its faults. */
	private static final Duration ROUND = Duration.ofSeconds(5);

	private static final List<Fault> FAULTS = List.of(Fault.values());

	private static final int MAX_FAULTS = 5;

	private static final Duration SHORTEST = Duration.ofMillis(200);

	private static final Duration LONGEST = Duration.ofSeconds(4);

	private final Random random;

	private final Fleet fleet;

	private final int minHealthy;

	private final Consumer<String> log;

	/**
	 * Creates the faults.
	 * @param seed the seed of all choices
	 * @param minHealthy the minimum number of workers without a fault at any time
	 * @param log receives a line for each start and end of a fault
	 */
	RandomFaults(long seed, Fleet fleet, int minHealthy, Consumer<String> log) {
		this.random = new Random(seed);
		this.fleet = fleet;
		this.minHealthy = minHealthy;
		this.log = log;
	}

	/**
	 * Runs a round of faults, and waits until all workers have started.
	 * @return the time at which all faults had ended and the registry had had enough time
	 * to detect this
	 */
	Duration round(ScenarioRun run) {
		Round round = new Round(run, new ArrayList<>(this.fleet.workers()));
		int faults = 1 + this.random.nextInt(MAX_FAULTS);
		for (int i = 0; i < faults; i++) {
			Fault fault = FAULTS.get(this.random.nextInt(FAULTS.size()));
			round.add(fault, between(Duration.ZERO, ROUND), between(SHORTEST, LONGEST));
		}
		return round.run();
	}

	private Duration between(Duration least, Duration most) {
		return least.plusMillis(this.random.nextLong(most.minus(least).toMillis()));
	}

	/**
	 * The events of a round, in order.
	 */
	private final class Round {

		private final ScenarioRun run;

		private final Duration begin;

		/** The workers without a fault. */
		private final List<SampleProcess> healthy;

		private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparing(Event::at));

		private boolean registryHealthy = true;

		private Duration detected;

		Round(ScenarioRun run, List<SampleProcess> healthy) {
			this.run = run;
			this.begin = run.now();
			this.detected = this.begin;
			this.healthy = healthy;
		}

		void add(Fault fault, Duration after, Duration lasts) {
			int choice = RandomFaults.this.random.nextInt(Integer.MAX_VALUE);
			double severity = RandomFaults.this.random.nextDouble();
			this.events.add(new Event(this.begin.plus(after), () -> target(fault, choice).ifPresent((target) -> {
				Runnable end = fault.begin(RandomFaults.this.fleet, target, severity);
				record(fault, target, "begins");
				this.events.add(new Event(this.run.now().plus(lasts), () -> {
					end.run();
					record(fault, target, "ends");
					this.registryHealthy |= fault.target() == Target.REGISTRY;
				}));
			})));
		}

		/**
		 * Selects the process that the fault affects. It is empty if too few workers
		 * without a fault would remain.
		 */
		private Optional<JvmProcess> target(Fault fault, int choice) {
			if (fault.target() == Target.REGISTRY) {
				boolean healthy = this.registryHealthy;
				this.registryHealthy = false;
				return healthy ? Optional.of(RandomFaults.this.fleet.registry()) : Optional.empty();
			}
			if (this.healthy.size() <= RandomFaults.this.minHealthy) {
				return Optional.empty();
			}
			return Optional.of(this.healthy.remove(choice % this.healthy.size()));
		}

		private void record(Fault fault, JvmProcess target, String what) {
			Duration now = this.run.now();
			Duration detected = now.plus(fault.detectionTime());
			this.detected = (detected.compareTo(this.detected) > 0) ? detected : this.detected;
			RandomFaults.this.log
				.accept("%.1f s: %s %s %s".formatted(now.toMillis() / 1e3, target.name(), fault, what));
		}

		Duration run() {
			for (Event next = this.events.poll(); next != null; next = this.events.poll()) {
				Duration wait = next.at().minus(this.run.now());
				if (wait.compareTo(Duration.ZERO) > 0) {
					this.run.waitFor(wait);
				}
				next.action().run();
			}
			RandomFaults.this.fleet.workers().forEach(SampleProcess::awaitStarted);
			Duration started = this.run.now();
			return (started.compareTo(this.detected) > 0) ? started : this.detected;
		}

	}

	private record Event(Duration at, Runnable action) {
	}

}
