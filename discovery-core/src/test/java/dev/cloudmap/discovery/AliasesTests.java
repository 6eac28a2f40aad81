package dev.cloudmap.discovery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AliasesTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final Namespaces NAMESPACES = new Namespaces(CORP, List.of(new Namespace("eu.corp")));

	@ParameterizedTest
	@CsvSource({ "payments, payments-v2, corp", "PAYMENTS., payments-v2, corp", "server.hello-world.com, server, corp",
			"Server.Hello-World.com, server, corp", "partner, worker, partner.example.com" })
	void resolvesAnAlias(String serviceId, String name, String namespace) {
		Namespaces namespaces = NAMESPACES.with(Aliases.of(NAMESPACES, Map.of("payments", "payments-v2",
				"server.hello-world.com", "server.corp", "partner", "worker.partner.example.com")));
		assertThat(namespaces.serviceName(serviceId)).isEqualTo(new ServiceName(new Namespace(namespace), name));
	}

	@Test
	void aServiceHiddenByAnAliasIsReachableByItsFullName() {
		Namespaces namespaces = NAMESPACES.with(Aliases.of(NAMESPACES, Map.of("payments", "payments-v2")));
		assertThat(namespaces.serviceName("payments.corp")).isEqualTo(new ServiceName(CORP, "payments"));
		assertThat(namespaces.serviceName("v1.payments")).isNotEqualTo(namespaces.serviceName("payments"));
	}

	@Test
	void anAliasMayEqualTheNameOfItsService() {
		Namespaces namespaces = NAMESPACES.with(Aliases.of(NAMESPACES, Map.of("payments", "payments.corp")));
		assertThat(namespaces.serviceName("payments")).isEqualTo(new ServiceName(CORP, "payments"));
	}

	@ParameterizedTest
	@CsvSource({ "payments, payments", "payments, other", "payments, OTHER." })
	void rejectsAnAliasOfAnAlias(String alias, String target) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> Aliases.of(NAMESPACES, Map.of("other", "payments-v2.corp", alias, target)))
			.withMessageContaining("discovery.aliases[payments] is '" + target + "', which is an alias")
			.withMessageContaining(".corp'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker.corp", "worker.CORP.", "worker.eu.corp" })
	void rejectsAFullNameAsAlias(String alias) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> Aliases.of(NAMESPACES, Map.of(alias, "other")))
			.withMessageContaining("which is the full name of service worker")
			.withMessageContaining("Write the short name, discovery.aliases.worker");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "my worker", "my_worker", "worker:8080", "worker/path", "user@worker", "-worker",
			"worker?x", "a..b" })
	void rejectsAnAliasThatIsNotAValidHost(String alias) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> Aliases.of(NAMESPACES, Map.of(alias, "worker")))
			.withMessageContaining("discovery.aliases has an entry '" + alias + "', which is not a valid host")
			.withMessageContaining("discovery.aliases[server.hello-world.com]=server.corp");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "my worker", "http://worker/", "corp/worker", "worker:8080" })
	void rejectsATargetThatIsNotAServiceName(String target) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> Aliases.of(NAMESPACES, Map.of("payments", target)))
			.withMessageContaining("discovery.aliases[payments] is '" + target + "', but")
			.withMessageContaining("is not a valid")
			.withMessageContaining("discovery.aliases[payments]=payments-v2.corp");
	}

	@Test
	void rejectsAliasesThatDifferInCaseOnly() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> Aliases.of(NAMESPACES, Map.of("payments", "one", "Payments.", "two")))
			.withMessageContaining("several entries for 'payments'");
	}

}
