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
 * Random faults, which may overlap, in rounds. All faults of a round end within it. The
 * same seed makes the same choices.
 */
final class RandomFaults {

	/** The maximum time from the start of a round to the start of its faults. */
	private static final Duration ROUND = Duration.ofSeconds(5);

	private static final List<Fault> FAULTS = List.of(Fault.values());

	private static final int MOST_FAULTS = 5;

	private static final Duration SHORTEST = Duration.ofMillis(200);

	private static final Duration LONGEST = Duration.ofSeconds(4);

	private final Random random;

	private final Fleet fleet;

	private final int leastFit;

	private final Consumer<String> log;

	/**
	 * Creates the faults.
	 * @param seed the seed of all choices
	 * @param leastFit the number of workers that have no fault at any time
	 * @param log receives a line for each start and end of a fault
	 */
	RandomFaults(long seed, Fleet fleet, int leastFit, Consumer<String> log) {
		this.random = new Random(seed);
		this.fleet = fleet;
		this.leastFit = leastFit;
		this.log = log;
	}

	/**
	 * Runs a round of faults, and waits until all workers have started.
	 * @return the time at which all faults had ended and the registry had had enough time
	 * to detect this
	 */
	Duration round(Course course) {
		Round round = new Round(course, new ArrayList<>(this.fleet.workers()));
		int faults = 1 + this.random.nextInt(MOST_FAULTS);
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

		private final Course course;

		private final Duration begin;

		/** The workers without a fault. */
		private final List<SampleProcess> fit;

		private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparing(Event::at));

		private boolean registryFit = true;

		private Duration noticed;

		Round(Course course, List<SampleProcess> fit) {
			this.course = course;
			this.begin = course.now();
			this.noticed = this.begin;
			this.fit = fit;
		}

		void add(Fault fault, Duration after, Duration lasts) {
			int choice = RandomFaults.this.random.nextInt(Integer.MAX_VALUE);
			double severity = RandomFaults.this.random.nextDouble();
			this.events.add(new Event(this.begin.plus(after), () -> target(fault, choice).ifPresent((target) -> {
				Runnable end = fault.begin(RandomFaults.this.fleet, target, severity);
				happened(fault, target, "begins");
				this.events.add(new Event(this.course.now().plus(lasts), () -> {
					end.run();
					happened(fault, target, "ends");
					this.registryFit |= fault.target() == Target.REGISTRY;
				}));
			})));
		}

		/**
		 * Selects the process that the fault affects. It is empty if too few workers
		 * without a fault would remain.
		 */
		private Optional<JvmProcess> target(Fault fault, int choice) {
			if (fault.target() == Target.REGISTRY) {
				boolean fit = this.registryFit;
				this.registryFit = false;
				return fit ? Optional.of(RandomFaults.this.fleet.registry()) : Optional.empty();
			}
			if (this.fit.size() <= RandomFaults.this.leastFit) {
				return Optional.empty();
			}
			return Optional.of(this.fit.remove(choice % this.fit.size()));
		}

		private void happened(Fault fault, JvmProcess target, String what) {
			Duration now = this.course.now();
			Duration noticed = now.plus(fault.noticed());
			this.noticed = (noticed.compareTo(this.noticed) > 0) ? noticed : this.noticed;
			RandomFaults.this.log
				.accept("%.1f s: %s %s %s".formatted(now.toMillis() / 1e3, target.name(), fault, what));
		}

		Duration run() {
			for (Event next = this.events.poll(); next != null; next = this.events.poll()) {
				Duration wait = next.at().minus(this.course.now());
				if (wait.compareTo(Duration.ZERO) > 0) {
					this.course.goOn(wait);
				}
				next.action().run();
			}
			RandomFaults.this.fleet.workers().forEach(SampleProcess::awaitStarted);
			Duration started = this.course.now();
			return (started.compareTo(this.noticed) > 0) ? started : this.noticed;
		}

	}

	private record Event(Duration at, Runnable action) {
	}

}
