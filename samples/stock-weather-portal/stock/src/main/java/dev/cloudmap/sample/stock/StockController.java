package dev.cloudmap.sample.stock;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.cloudmap.sample.stock.Market.Quote;

@RestController
class StockController {

	private final Market market = new Market();

	private final Registration registration;

	StockController(Registration registration) {
		this.registration = registration;
	}

	@GetMapping("/stocks")
	Stocks stocks() {
		return new Stocks(this.registration.getInstanceId(), this.market.quotes(Instant.now()));
	}

	/**
	 * An answer, and the instance which gave it.
	 */
	record Stocks(@Nullable String instance, List<Quote> quotes) {
	}

}
