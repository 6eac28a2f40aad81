package dev.cloudmap.sample.portal;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.test.StubInstance;
import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureDiscoveryRegistry
class PortalApplicationTests {

	private static final String NO_STOCKS = "The stock service is unavailable.";

	private static final String NO_WEATHER = "The weather service is unavailable.";

	@LocalServerPort
	private int port;

	@Autowired
	private TestRegistry registry;

	@Test
	void showsTheAnswersOfBothServices() {
		StubInstance stock = stock();
		weather();
		assertThat(page()).contains("<html lang=\"en\">", "<h1>Stocks and weather</h1>")
			.contains("Acorn Mills", "ACRN", ">48.20<", ">+1.50<", "Clay &amp; Co", ">-0.10<", "<code>stock-1</code>")
			.contains("Cairo", ">14:05<", ">-3 °C<", "clear", "<code>weather-1</code>")
			.doesNotContain("unavailable");
		assertThat(stock.requests()).hasSize(1);
	}

	@Test
	void showsWeatherWithoutInstanceOfTheStockService() {
		weather();
		assertThat(page()).contains(NO_STOCKS, "Cairo").doesNotContain("Acorn Mills", NO_WEATHER);
	}

	@Test
	void showsStocksWhenTheWeatherServiceFails() {
		stock();
		weather().respondingWith(500, "failed");
		assertThat(page()).contains("Acorn Mills", NO_WEATHER).doesNotContain("Cairo", "failed", NO_STOCKS);
	}

	@Test
	void showsStocksWhenTheWeatherServiceDoesNotAnswerInTime() {
		stock();
		weather().hanging();
		assertThat(page()).contains("Acorn Mills", NO_WEATHER);
	}

	@Test
	void showsWeatherWhenTheStockServiceAnswersWithSomethingElse() {
		this.registry.service("stock").instance().respondingWithJson(200, "[");
		weather();
		assertThat(page()).contains(NO_STOCKS, "Cairo");
	}

	@Test
	void showsThatBothServicesAreUnavailable() {
		assertThat(page()).contains(NO_STOCKS, NO_WEATHER).doesNotContain("<table>");
	}

	@Test
	void showsTheAnswerOfTheInstanceThatIsLeft() {
		StubInstance first = stock();
		this.registry.service("stock").instance("stock-2").respondingWithJson(200, """
				{"instance": "stock-2", "quotes": []}""");
		first.stopped();
		assertThat(page()).contains("<code>stock-2</code>").doesNotContain(NO_STOCKS);
	}

	private StubInstance stock() {
		return this.registry.service("stock").instance("stock-1").respondingWithJson(200, """
				{
				  "instance": "stock-1",
				  "quotes": [
				    {"symbol": "ACRN", "name": "Acorn Mills", "price": 48.20, "change": 1.50},
				    {"symbol": "CLAY", "name": "Clay & Co", "price": 23.40, "change": -0.10}
				  ]
				}""");
	}

	private StubInstance weather() {
		return this.registry.service("weather").instance("weather-1").respondingWithJson(200, """
				{
				  "instance": "weather-1",
				  "reports": [{"city": "Cairo", "localTime": "14:05:00", "celsius": -3, "sky": "clear"}]
				}""");
	}

	private String page() {
		ResponseEntity<String> page = RestClient.create("http://127.0.0.1:" + this.port)
			.get()
			.retrieve()
			.toEntity(String.class);
		assertThat(page.getStatusCode()).isEqualTo(HttpStatus.OK);
		return page.getBody();
	}

}
