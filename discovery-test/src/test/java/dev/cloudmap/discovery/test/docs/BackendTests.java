package dev.cloudmap.discovery.test.docs;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.web.client.HttpServerErrorException;

import dev.cloudmap.discovery.test.StubInstance;
import dev.cloudmap.discovery.test.StubService;
import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry;
import dev.cloudmap.discovery.test.docs.BackendApplication.WorkerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureDiscoveryRegistry
class BackendTests {

	@Autowired
	TestRegistry registry;

	@Autowired
	WorkerClient client;

	@Test
	void isRegistered() {
		assertThat(this.registry).service("backend").hasHealthyInstances(1);
	}

	@Test
	void callsTheWorker() {
		StubInstance worker = this.registry.service("worker").instance().respondingWith(200, "hello");
		assertThat(this.client.work()).isEqualTo("hello");
		assertThat(worker.requests()).hasSize(1);
	}

	@Test
	void reportsAnErrorOfTheWorker() {
		this.registry.service("worker").instance().respondingWith(500, "");
		assertThatExceptionOfType(HttpServerErrorException.InternalServerError.class).isThrownBy(this.client::work);
	}

	@Test
	void callsAnotherInstance() {
		StubService worker = this.registry.service("worker");
		StubInstance first = worker.instance().respondingWith(200, "first");
		StubInstance second = worker.instance().respondingWith(200, "second");
		first.refusingConnections();
		assertThat(this.client.work()).isEqualTo("second");
		first.recovered();
		second.unhealthy();
		assertThat(this.client.work()).isEqualTo("first");
		second.healthy();
		first.stopped();
		assertThat(this.client.work()).isEqualTo("second");
	}

	@Test
	void callsTheWorkerDuringAnOutageOfTheRegistry() {
		this.registry.service("worker").instance().respondingWith(200, "hello");
		assertThat(this.client.work()).isEqualTo("hello");
		this.registry.stop();
		assertThat(this.client.work()).isEqualTo("hello");
		this.registry.start();
		assertThat(this.registry).service("backend").hasHealthyInstances(1);
	}

	@Test
	void registersAgainWhenTheRegistryHasLostItsData() {
		assertThat(this.registry).service("backend").hasHealthyInstances(1);
		this.registry.restart();
		assertThat(this.registry).within(Duration.ofSeconds(30)).service("backend").hasHealthyInstances(1);
	}

	@Test
	void assertsInstances() {
		StubService worker = this.registry.service("worker");
		worker.instance("a", Map.of("version", "2"));
		worker.instance("b").unhealthy();
		assertThat(this.registry).hasServices("worker");
		assertThat(this.registry).service("worker")
			.hasInstances(2)
			.hasHealthyInstances(1)
			.hasUnhealthyInstances(1)
			.hasInstance("a")
			.hasInstanceWithAttribute("version", "2");
		assertThat(this.registry).within(Duration.ZERO).service("unknown").doesNotExist();
	}

}
