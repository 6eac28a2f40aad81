package dev.cloudmap.sample.backend;

import java.net.URI;
import java.util.List;

import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class BackendController {

	private final WorkerClient worker;

	private final DiscoveryClient discovery;

	BackendController(WorkerClient worker, DiscoveryClient discovery) {
		this.worker = worker;
		this.discovery = discovery;
	}

	@GetMapping("/")
	String call() {
		WorkerClient.Answer answer = this.worker.call();
		return "Worker Message: " + answer.message() + "\nFrom: " + answer.address() + "\n";
	}

	@GetMapping("/workers")
	List<Worker> workers() {
		return this.discovery.getInstances("worker")
			.stream()
			.map((instance) -> new Worker(instance.getInstanceId(), instance.getUri()))
			.toList();
	}

	record Worker(String instanceId, URI uri) {
	}

}
