package dev.cloudmap.discovery.loadbalancer.call;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestNameTests {

	@ParameterizedTest
	@CsvSource({ "wroker, worker", "work, worker", "WORKER, worker", "wörker, worker", "workers, worker", "a, ",
			"backnd, backend", "payment, payments", "payments-v2, payments-v3", "shipping, ", "b, ", "'', " })
	void suggestsTheNearestName(String wanted, String nearest) {
		assertThat(NearestName.of(wanted, List.of("backend", "payments", "payments-v3", "worker", "x", "abc")))
			.isEqualTo(Optional.ofNullable(nearest));
	}

	@ParameterizedTest
	@CsvSource({ "worker, worker, 0", "wroker, worker, 1", "abc, '', 3", "'', abc, 3", "abc, bca, 2",
			"kitten, sitting, 3", "ab, ba, 1" })
	void distanceIsTheNumberOfEdits(String one, String other, int distance) {
		assertThat(NearestName.distance(one, other)).isEqualTo(distance);
		assertThat(NearestName.distance(other, one)).isEqualTo(distance);
	}

}
