package dev.cloudmap.sample.stock;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry;
import dev.cloudmap.sample.stock.StockController.Stocks;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureDiscoveryRegistry
class StockApplicationTests {

	@LocalServerPort
	private int port;

	@Autowired
	private TestRegistry registry;

	@Test
	void answersWithPricesAndTheRegisteredInstance() {
		Stocks stocks = RestClient.create("http://127.0.0.1:" + this.port)
			.get()
			.uri("/stocks")
			.retrieve()
			.body(Stocks.class);
		assertThat(stocks.quotes()).hasSize(5);
		assertThat(this.registry).service("stock").hasHealthyInstances(1).hasInstance(stocks.instance());
	}

}
