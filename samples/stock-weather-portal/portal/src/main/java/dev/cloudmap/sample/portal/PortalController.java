package dev.cloudmap.sample.portal;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.client.RestClientException;

import dev.cloudmap.discovery.DiscoveryException;

@Controller
class PortalController {

	private static final Logger logger = LoggerFactory.getLogger(PortalController.class);

	private final StockService stock;

	private final WeatherService weather;

	PortalController(StockService stock, WeatherService weather) {
		this.stock = stock;
		this.weather = weather;
	}

	@GetMapping("/")
	String portal(Model model) {
		model.addAttribute("stocks", answer("stock", this.stock::stocks));
		model.addAttribute("weather", answer("weather", this.weather::weather));
		return "portal";
	}

	/**
	 * Returns the answer of a service, or null if the service is unavailable. The page
	 * shows the answer of the other one in any case.
	 */
	private static <T> @Nullable T answer(String service, Supplier<T> call) {
		try {
			return call.get();
		}
		catch (RestClientException | DiscoveryException ex) {
			logger.warn("The {} service is unavailable: {}", service, ex.getMessage());
			return null;
		}
	}

}
