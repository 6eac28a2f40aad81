package dev.cloudmap.discovery.catalog.attribute;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;

import static dev.cloudmap.discovery.catalog.ScriptedSource.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Matches instances of DNS with instances of the API.
 */
class KnownAttributesTests {

	private static final Map<String, String> BLUE = Map.of("slot", "blue");

	@Test
	void matchesIdsIgnoringCase() {
		KnownAttributes known = new KnownAttributes(List.of(instance("Task-A", 1, BLUE)));
		assertThat(known.complete(instance("task-a", 1, Map.of()))).isEqualTo(instance("Task-A", 1, BLUE));
	}

	@Test
	void distinguishesIdsThatDifferInCaseByAddress() {
		KnownAttributes known = new KnownAttributes(
				List.of(instance("A", 1, BLUE), instance("a", 2, Map.of("slot", "green"))));
		assertThat(known.complete(instance("a", 1, Map.of()))).isEqualTo(instance("A", 1, BLUE));
		assertThat(known.complete(instance("a", 2, Map.of()))).isEqualTo(instance("a", 2, Map.of("slot", "green")));
		assertThat(known.complete(instance("a", 3, Map.of()))).isNull();
	}

	@Test
	void matchesAnIdThatLooksLikeAnAddress() {
		KnownAttributes known = new KnownAttributes(
				List.of(instance("10.0.0.1:1", 1, BLUE), instance("b", 1, Map.of())));
		assertThat(known.complete(instance("10.0.0.1:1", 1, Map.of()))).isEqualTo(instance("10.0.0.1:1", 1, BLUE));
	}

	@Test
	void matchesAnInstanceWithoutIdByAddressAndPort() {
		KnownAttributes known = new KnownAttributes(List.of(instance("a", 1, BLUE), instance("b", 2, BLUE)));
		assertThat(known.complete(instance("10.0.0.1:1", 1, Map.of()))).isEqualTo(instance("a", 1, BLUE));
	}

	@Test
	void doesNotMatchASharedAddress() {
		KnownAttributes known = new KnownAttributes(List.of(instance("a", 1, BLUE), instance("b", 1, BLUE)));
		assertThat(known.complete(instance("10.0.0.1:1", 1, Map.of()))).isNull();
	}

	@Test
	void matchesAnAddressToItsLatestInstance() {
		KnownAttributes known = new KnownAttributes(List.of(instance("a", 1, BLUE)))
			.with(List.of(instance("b", 1, Map.of())));
		assertThat(known.complete(instance("10.0.0.1:1", 1, Map.of()))).isEqualTo(instance("b", 1, Map.of()));
		assertThat(known.complete(instance("a", 1, Map.of()))).isNull();
	}

	@Test
	void doesNotMatchAnIdAtAnotherAddress() {
		KnownAttributes known = new KnownAttributes(List.of(instance("a", 1, BLUE)));
		assertThat(known.complete(instance("a", 2, Map.of()))).isNull();
	}

	@Test
	void weightsOfSrvRecordsReplaceThoseOfTheApi() {
		KnownAttributes known = new KnownAttributes(List.of(instance("a", 1, Map.of("slot", "blue", "weight", "1"))));
		assertThat(known.complete(instance("a", 1, Map.of("weight", "5"))))
			.isEqualTo(instance("a", 1, Map.of("slot", "blue", "weight", "5")));
	}

	private static Instance instance(String id, int port, Map<String, String> attributes) {
		return new Instance(WORKER, id, "10.0.0.1", port, HealthStatus.UNKNOWN, attributes);
	}

}
