package dev.cloudmap.sample.portal;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * The portal. The group of an HTTP service is the name under which it is found.
 */
@SpringBootApplication
@ImportHttpServices(group = "stock", types = StockService.class)
@ImportHttpServices(group = "weather", types = WeatherService.class)
public class PortalApplication {

	public static void main(String[] args) {
		SpringApplication.run(PortalApplication.class, args);
	}

}
