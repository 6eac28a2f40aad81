package dev.cloudmap.discovery;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ServiceNameTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "My App!", "-worker", "worker-", "a..b", "arn:aws:x", "work er" })
	void rejectsInvalidServiceNames(String name) {
		assertThatExceptionOfType(InvalidNameException.class)
			.isThrownBy(() -> new ServiceName(new Namespace("corp"), name))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("such as 'worker'")
			.satisfies((ex) -> assertThat(ex.getAction()).isEqualTo("Correct spring.application.name"));
	}

	@Test
	void limitsLengthOfLabelsAndName() {
		Namespace corp = new Namespace("corp");
		assertThat(new ServiceName(corp, "a".repeat(63)).name()).hasSize(63);
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> new ServiceName(corp, "a".repeat(64)));
		String longest = "a".repeat(63) + "." + "b".repeat(63);
		assertThat(new ServiceName(corp, longest)).hasToString(longest + ".corp");
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> new ServiceName(corp, longest + ".c"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "two words", "arn:aws:servicediscovery:x" })
	void rejectsInvalidNamespaces(String name) {
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> new Namespace(name))
			.withMessageContaining("discovery.namespace");
	}

}
