package dev.cloudmap.sample.weather;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.cloudmap.sample.weather.Climate.Report;

@RestController
class WeatherController {

	private final Climate climate = new Climate();

	private final Registration registration;

	WeatherController(Registration registration) {
		this.registration = registration;
	}

	@GetMapping("/weather")
	Weather weather() {
		return new Weather(this.registration.getInstanceId(), this.climate.reports(Instant.now()));
	}

	/**
	 * An answer, and the instance which gave it.
	 */
	record Weather(@Nullable String instance, List<Report> reports) {
	}

}
