package dev.cloudmap.sample.stock;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/**
 * A made-up stock market. From midnight (UTC) each price follows a random walk, whose
 * seed is the company and the day. All instances therefore have the same prices.
 */
class Market {

	private static final Duration STEP = Duration.ofSeconds(10);

	/** The standard deviation of the change in a step, as a fraction of the price. */
	private static final double VOLATILITY = 0.0005;

	private static final List<Company> COMPANIES = List.of(new Company("ACRN", "Acorn Mills", 48.20),
			new Company("BLUE", "Blue Harbour Shipping", 112.75), new Company("CLAY", "Clayton Ceramics", 23.40),
			new Company("DUNE", "Dune Solar", 301.10), new Company("ELMS", "Elmstone Books", 9.85));

	List<Quote> quotes(Instant now) {
		return COMPANIES.stream().map((company) -> quote(company, now)).toList();
	}

	private static Quote quote(Company company, Instant now) {
		Instant midnight = now.truncatedTo(ChronoUnit.DAYS);
		Random random = new Random(company.symbol().hashCode() + midnight.getEpochSecond());
		long steps = Duration.between(midnight, now).dividedBy(STEP);
		double price = company.open();
		for (long step = 0; step < steps; step++) {
			price *= 1 + VOLATILITY * random.nextGaussian();
		}
		return new Quote(company.symbol(), company.name(), cents(price), cents(price).subtract(cents(company.open())));
	}

	private static BigDecimal cents(double amount) {
		return BigDecimal.valueOf(amount).setScale(2, RoundingMode.HALF_EVEN);
	}

	private record Company(String symbol, String name, double open) {
	}

	/**
	 * A price, and its change since midnight.
	 */
	record Quote(String symbol, String name, BigDecimal price, BigDecimal change) {
	}

}
