package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class WeightedTurnsTests {

	private final WeightedTurns turns = new WeightedTurns();

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "1,3 | b a b b", "2,1 | a b a", "10,30 | b a b b", "5,1,1 | a a a b c a a",
			"65535,65535,131070 | c a b c", "2147483647,2147483647,1 | a b" })
	void turnsAreProportionalAndEvenlySpread(String weights, String expected) {
		String order = String.join(" ", ids(this.turns.of(instances(weights.split(",")))));
		assertThat(order).startsWith(expected);
	}

	@ParameterizedTest
	@CsvSource({ "0 5, 1 100", "0 1 1, 1 100 100", "0 0 2 4, 1 1 100 200", "1 9998, 1 9998", "1 99999, 1 10000",
			"1 10000 20000, 1 3333 6666", "0 65535 1, 1 10000 1" })
	void everyInstanceHasTurnsWithinTheLimit(String weights, String counts) {
		List<ServiceInstance> order = this.turns.of(instances(weights.split(" ")));
		assertThat(counts(order, weights.split(" ").length))
			.containsExactly(Arrays.stream(counts.split(" ")).mapToLong(Long::parseLong).boxed().toArray(Long[]::new));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "1", "1,1,1", "7,7", "0,0", "1,", ",," })
	void keepsTheListWithEqualWeights(String weights) {
		List<ServiceInstance> instances = weights.isEmpty() ? List.of() : instances(weights.split(",", -1));
		assertThat(this.turns.of(instances)).isSameAs(instances);
	}

	@Test
	void computesTheOrderOncePerList() {
		List<ServiceInstance> instances = instances("1", "3");
		List<ServiceInstance> first = this.turns.of(instances);
		assertThat(this.turns.of(instances)).isSameAs(first);
		List<ServiceInstance> changed = instances("1", "4");
		assertThat(this.turns.of(changed)).hasSize(5);
		assertThat(this.turns.of(instances)).isEqualTo(first);
	}

	@Test
	void invalidWeightCountsAsOneAndIsLoggedOnce(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			assertThat(ids(this.turns.of(instances("-3", "heavy", "2", "99999999999", "1.5"))))
				.containsExactlyInAnyOrder("a", "b", "c", "c", "d", "e");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("The weight 1 is used"))).hasSize(4)
			.anySatisfy((line) -> assertThat(line).contains("'heavy': expected a whole number from 0 to 2147483647"));
	}

	@Test
	void thousandOddWeightsKeepTheirProportions() {
		List<ServiceInstance> order = this.turns
			.of(instances(IntStream.range(0, 1000).mapToObj((i) -> (i < 500) ? "101" : "303").toArray(String[]::new)));
		assertThat(order).hasSize(2000);
		assertThat(counts(order, 1000).subList(0, 500)).containsOnly(1L);
		assertThat(counts(order, 1000).subList(500, 1000)).containsOnly(3L);
	}

	private static List<ServiceInstance> instances(String... weights) {
		List<ServiceInstance> instances = new ArrayList<>();
		for (String weight : weights) {
			String id = String.valueOf((char) ('a' + instances.size()));
			instances.add(new DefaultServiceInstance(id, "worker", "10.0.0.1", 1 + instances.size(), false,
					weight.isEmpty() ? Map.of() : Map.of("weight", weight)));
		}
		return instances;
	}

	private static List<String> ids(List<ServiceInstance> instances) {
		return instances.stream().map(ServiceInstance::getInstanceId).toList();
	}

	private static List<Long> counts(List<ServiceInstance> order, int instances) {
		return IntStream.rangeClosed(1, instances)
			.mapToObj((port) -> order.stream().filter((instance) -> instance.getPort() == port).count())
			.toList();
	}

}
