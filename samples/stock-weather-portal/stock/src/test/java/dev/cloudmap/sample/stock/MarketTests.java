package dev.cloudmap.sample.stock;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.sample.stock.Market.Quote;

import static org.assertj.core.api.Assertions.assertThat;

class MarketTests {

	private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");

	private static final Instant NOON = MIDNIGHT.plus(Duration.ofHours(12));

	@Test
	void pricesHaveNotChangedAtMidnight() {
		assertThat(quotes(MIDNIGHT)).extracting(Quote::change).containsOnly(new BigDecimal("0.00"));
	}

	@Test
	void pricesMoveWithEachStep() {
		assertThat(quotes(NOON.plusSeconds(10))).isNotEqualTo(quotes(NOON));
		assertThat(quotes(NOON.plusSeconds(9))).isEqualTo(quotes(NOON));
	}

	@Test
	void changeIsThatSinceMidnight() {
		Quote opening = quotes(MIDNIGHT).get(0);
		Quote quote = quotes(NOON).get(0);
		assertThat(quote.change()).isEqualTo(quote.price().subtract(opening.price())).isNotZero();
	}

	@Test
	void instancesHaveTheSamePrices() {
		assertThat(new Market().quotes(NOON)).isEqualTo(new Market().quotes(NOON));
	}

	@Test
	void companiesAndDaysHaveDifferentWalks() {
		List<Quote> today = quotes(NOON);
		List<Quote> tomorrow = quotes(NOON.plus(Duration.ofDays(1)));
		assertThat(today).extracting(Quote::change).doesNotHaveDuplicates();
		assertThat(today).doesNotContainAnyElementsOf(tomorrow);
	}

	private static List<Quote> quotes(Instant time) {
		return new Market().quotes(time);
	}

}
