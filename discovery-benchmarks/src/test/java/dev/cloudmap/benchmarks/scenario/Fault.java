package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

/**
 * A fault that a fleet has to tolerate, and that ends after a while.
 */
enum Fault {

	KILLED(Target.WORKER, SoakIT.LEASE) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			worker.kill();
			return fleet::startWorker;
		}
	},

	ENDED(Target.WORKER, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			worker.terminate();
			return fleet::startWorker;
		}
	},

	HANGS(Target.WORKER, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			worker.pause();
			return worker::resume;
		}
	},

	ANSWERS_503(Target.WORKER, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			post(worker, "/faults/status?status=503&part=" + severity);
			return () -> post(worker, "/faults/status?status=503&part=0");
		}
	},

	SLOW(Target.WORKER, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			post(worker, "/faults/delay?millis=" + (long) (severity * MOST_DELAY.toMillis()));
			return () -> post(worker, "/faults/delay?millis=0");
		}
	},

	UNFIT(Target.WORKER, SoakIT.HEALTH_KNOWN) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			post(worker, "/health/down");
			return () -> post(worker, "/health/up");
		}
	},

	REGISTRY_RESTARTED_EMPTY(Target.REGISTRY, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess registry, double severity) {
			registry.kill();
			return fleet::startRegistry;
		}
	},

	REGISTRY_HANGS(Target.REGISTRY, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess registry, double severity) {
			registry.pause();
			return registry::resume;
		}
	};

	/** The maximum delay of a slow worker's answers. */
	private static final Duration MOST_DELAY = Duration.ofMillis(300);

	private final Target target;

	private final Duration noticed;

	Fault(Target target, Duration noticed) {
		this.target = target;
		this.noticed = noticed;
	}

	/**
	 * Starts the fault.
	 * @param severity the severity from 0 to 1, for faults that have one
	 * @return the action that ends the fault
	 */
	abstract Runnable begin(Fleet fleet, JvmProcess target, double severity);

	Target target() {
		return this.target;
	}

	/**
	 * Returns the maximum time until the registry detects the start or end of the fault.
	 */
	Duration noticed() {
		return this.noticed;
	}

	private static void post(JvmProcess worker, String path) {
		((SampleProcess) worker).post(path);
	}

	/**
	 * The kind of process that a fault affects.
	 */
	enum Target {

		WORKER, REGISTRY

	}

}
