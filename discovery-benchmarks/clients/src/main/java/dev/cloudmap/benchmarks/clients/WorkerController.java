package dev.cloudmap.benchmarks.clients;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with the answer of the worker, which a blocking client calls.
 */
@RestController
class WorkerController {

	private final WorkerCall call;

	WorkerController(WorkerCall call) {
		this.call = call;
	}

	@GetMapping("/")
	String call() {
		return this.call.send();
	}

	/**
	 * Sends a request to the worker.
	 */
	@FunctionalInterface
	interface WorkerCall {

		String send();

	}

}
