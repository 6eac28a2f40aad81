package dev.cloudmap.sample.worker;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A worker for the backend to call.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@RestController
public class Worker {

	@GetMapping("/")
	String work() {
		return "Hello from a test";
	}

}
