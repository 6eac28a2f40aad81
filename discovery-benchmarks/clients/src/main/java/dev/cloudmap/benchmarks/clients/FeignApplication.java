package dev.cloudmap.benchmarks.clients;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;

import dev.cloudmap.benchmarks.clients.WorkerController.WorkerCall;

/**
 * Calls the worker with OpenFeign.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableFeignClients(clients = FeignApplication.Worker.class)
@Import(WorkerController.class)
class FeignApplication {

	@Bean
	WorkerCall workerCall(Worker client) {
		return client::work;
	}

	@FeignClient("worker")
	interface Worker {

		@GetMapping("/")
		String work();

	}

}
