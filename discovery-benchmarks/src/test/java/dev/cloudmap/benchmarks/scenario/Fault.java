package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

/**
 * A temporary fault of a worker or the registry.
 */
enum Fault {

	KILLED(Target.WORKER, SoakIT.LEASE) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			worker.kill();
			return fleet::startWorker;
		}
	},

	TERMINATED(Target.WORKER, Duration.ZERO) {
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
			post(worker, "/faults/status?status=503&fraction=" + severity);
			return () -> post(worker, "/faults/status?status=503&fraction=0");
		}
	},

	SLOW(Target.WORKER, Duration.ZERO) {
		@Override
		Runnable begin(Fleet fleet, JvmProcess worker, double severity) {
			post(worker, "/faults/delay?millis=" + (long) (severity * MAX_DELAY.toMillis()));
			return () -> post(worker, "/faults/delay?millis=0");
		}
	},

	UNHEALTHY(Target.WORKER, SoakIT.HEALTH_DETECTION) {
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
	private static final Duration MAX_DELAY = Duration.ofMillis(300);

	private final Target target;

	private final Duration detectionTime;

	Fault(Target target, Duration detectionTime) {
		this.target = target;
		this.detectionTime = detectionTime;
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
	Duration detectionTime() {
		return this.detectionTime;
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
