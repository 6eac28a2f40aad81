package dev.cloudmap.discovery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NamespacesTests {

	@ParameterizedTest
	@CsvSource({ "worker, corp, worker", "worker.corp, corp, worker", "WORKER.CORP, corp, WORKER",
			"worker.corp.local, corp.local, worker", "_http._tcp.corp, corp, _http._tcp", "corp, corp, corp",
			"corp.local, corp.local, corp.local", "worker.corp., corp, worker" })
	void resolvesTheDefaultNamespaceWithAndWithoutItsName(String serviceId, String namespace, String name) {
		Namespace byDefault = new Namespace(namespace);
		assertThat(Namespaces.of(byDefault).serviceName(serviceId)).isEqualTo(new ServiceName(byDefault, name));
	}

	@ParameterizedTest
	@CsvSource({ "worker.partner, worker, partner", "worker.partner.example.com, worker, partner.example.com",
			"worker.PARTNER, worker, partner", "worker.notcorp, worker, notcorp", "worker.corp.eu, worker, corp.eu" })
	void splitsAnIdAtItsFirstDot(String serviceId, String name, String namespace) {
		assertThat(Namespaces.of(new Namespace("corp")).serviceName(serviceId))
			.isEqualTo(new ServiceName(new Namespace(namespace), name));
	}

	@ParameterizedTest
	@CsvSource({ "v1.worker.partner, v1.worker, partner", "worker.eu.corp, worker, eu.corp",
			"v1.worker.eu.corp, v1.worker, eu.corp", "worker.us.corp, worker.us, corp", "worker.other, worker, other" })
	void theLongestConfiguredNamespaceWins(String serviceId, String name, String namespace) {
		Namespaces namespaces = new Namespaces(new Namespace("corp"),
				List.of(new Namespace("partner"), new Namespace("eu.corp")));
		assertThat(namespaces.serviceName(serviceId)).isEqualTo(new ServiceName(new Namespace(namespace), name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", ".corp", "-worker", "worker..", "my worker", ".partner" })
	void rejectsInvalidIds(String serviceId) {
		assertThatExceptionOfType(InvalidNameException.class)
			.isThrownBy(() -> Namespaces.of(new Namespace("corp")).serviceName(serviceId));
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker", "Worker", "my_service", "123", "a.b", "a.1", "worker.corp", "corp", "payments" })
	void anIdResolvesToItsService(String name) {
		Namespaces corp = Namespaces.of(new Namespace("corp"));
		Namespaces namespaces = corp.with(Aliases.of(corp, Map.of("payments", "payments-v2")));
		String id = namespaces.serviceId(name);
		assertThat(namespaces.serviceName(id)).isEqualTo(new ServiceName(corp.byDefault(), name));
	}

	@Test
	void anIdContainsTheNamespaceOnlyIfNecessary() {
		Namespaces corp = Namespaces.of(new Namespace("corp"));
		assertThat(corp.serviceId("worker")).isEqualTo("worker");
		assertThat(corp.serviceId("a.b")).isEqualTo("a.b.corp");
		assertThat(corp.serviceId(".")).isNull();
	}

}
