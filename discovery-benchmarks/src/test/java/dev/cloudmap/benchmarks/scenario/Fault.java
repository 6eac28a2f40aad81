package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

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

	/** How much a slow worker's answers are delayed at most. */
	private static final Duration MOST_DELAY = Duration.ofMillis(300);

	private final Target target;

	private final Duration noticed;

	Fault(Target target, Duration noticed) {
		this.target = target;
		this.noticed = noticed;
	}

	/**
	 * Lets it begin.
	 * @param severity how bad it is, from 0 to 1, where that can differ
	 * @return what ends it
	 */
	abstract Runnable begin(Fleet fleet, JvmProcess target, double severity);

	Target target() {
		return this.target;
	}

	/**
	 * How long after its begin or its end the registry learns of that, at most.
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
