package dev.cloudmap.sample.portal;

import java.math.BigDecimal;
import java.util.List;

import org.springframework.web.service.annotation.GetExchange;

/**
 * Calls an instance of the stock service.
 */
interface StockService {

	@GetExchange("/stocks")
	Stocks stocks();

	record Stocks(String instance, List<Quote> quotes) {
	}

	record Quote(String symbol, String name, BigDecimal price, BigDecimal change) {
	}

}
