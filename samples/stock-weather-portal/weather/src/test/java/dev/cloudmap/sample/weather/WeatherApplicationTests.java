package dev.cloudmap.sample.weather;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry;
import dev.cloudmap.sample.weather.WeatherController.Weather;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureDiscoveryRegistry
class WeatherApplicationTests {

	@LocalServerPort
	private int port;

	@Autowired
	private TestRegistry registry;

	@Test
	void answersWithWeatherAndTheRegisteredInstance() {
		Weather weather = RestClient.create("http://127.0.0.1:" + this.port)
			.get()
			.uri("/weather")
			.retrieve()
			.body(Weather.class);
		assertThat(weather.reports()).hasSize(5);
		assertThat(this.registry).service("weather").hasHealthyInstances(1).hasInstance(weather.instance());
	}

}
