package dev.cloudmap.sample.portal;

import java.time.LocalTime;
import java.util.List;

import org.springframework.web.service.annotation.GetExchange;

/**
 * Calls an instance of the weather service.
 */
interface WeatherService {

	@GetExchange("/weather")
	Weather weather();

	record Weather(String instance, List<Report> reports) {
	}

	record Report(String city, LocalTime localTime, int celsius, String sky) {
	}

}
