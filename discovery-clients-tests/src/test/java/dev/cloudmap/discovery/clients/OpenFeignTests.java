package dev.cloudmap.discovery.clients;

import feign.FeignException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;

/**
 * OpenFeign's clients.
 */
class OpenFeignTests extends ClientContractTests {

	@Override
	Class<?> application() {
		return Application.class;
	}

	@Override
	Answer send(ConfigurableApplicationContext application, String service, HttpMethod method, @Nullable String body) {
		Calls client = switch (service) {
			case "worker" -> application.getBean(Worker.class);
			case "payments" -> application.getBean(Payments.class);
			default -> application.getBean(Wroker.class);
		};
		try {
			ResponseEntity<String> response = (body != null) ? client.post("told", body) : client.get("told");
			return new Answer(response.getStatusCode().value(), String.valueOf(response.getBody()));
		}
		catch (FeignException ex) {
			if (ex.status() > 0) {
				return new Answer(ex.status(), ex.contentUTF8());
			}
			throw ex;
		}
	}

	interface Calls {

		@GetMapping("/a/b?c=d")
		ResponseEntity<String> get(@RequestHeader("X-Test") String test);

		@PostMapping("/a/b?c=d")
		ResponseEntity<String> post(@RequestHeader("X-Test") String test, @RequestBody String body);

	}

	@FeignClient("worker")
	interface Worker extends Calls {

	}

	@FeignClient("payments")
	interface Payments extends Calls {

	}

	@FeignClient("wroker")
	interface Wroker extends Calls {

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableFeignClients(clients = { Worker.class, Payments.class, Wroker.class })
	static class Application {

	}

}
