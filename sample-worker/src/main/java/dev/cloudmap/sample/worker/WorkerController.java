package dev.cloudmap.sample.worker;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class WorkerController {

	private final String message;

	private final Registration registration;

	WorkerController(@Value("${worker.message}") String message, Registration registration) {
		this.message = message;
		this.registration = registration;
	}

	@GetMapping("/")
	String work() {
		return this.message + " (instance " + this.registration.getInstanceId() + ")";
	}

}
