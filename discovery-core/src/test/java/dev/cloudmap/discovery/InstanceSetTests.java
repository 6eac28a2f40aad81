package dev.cloudmap.discovery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceSetTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	@Test
	void ordersInstancesAndRemovesDuplicates() {
		Instance a = instance("a", 1);
		Instance b = instance("b", 2);
		assertThat(new InstanceSet(WORKER, List.of(b, a, b), "dns").instances()).containsExactly(a, b);
	}

	@Property(tries = 200)
	void theOrderOfTheAnswerDoesNotMatter(@ForAll List<@IntRange(max = 3) Integer> drawn, @ForAll Random random) {
		List<Instance> answer = new ArrayList<>();
		for (int number : drawn) {
			answer.add(new Instance(WORKER, "i" + number % 2, "127.0.0.1", 1, HealthStatus.UNKNOWN,
					Map.of("color", "c" + number / 2, "weight", "1")));
		}
		InstanceSet before = new InstanceSet(WORKER, answer, "dns");
		Collections.shuffle(answer, random);
		InstanceSet after = new InstanceSet(WORKER, answer, "dns");
		assertThat(after).isEqualTo(before).hasSameHashCodeAs(before);
		assertThat(after.instances()).containsExactlyElementsOf(before.instances()).doesNotHaveDuplicates();
	}

	@Test
	void rejectsAPortOutOfRange() {
		assertThatIllegalArgumentException().isThrownBy(() -> instance("a", 0)).withMessageContaining("port 0");
		assertThatIllegalArgumentException().isThrownBy(() -> instance("a", 65536));
	}

	private static Instance instance(String id, int port) {
		return new Instance(WORKER, id, "127.0.0.1", port, HealthStatus.UNKNOWN, Map.of());
	}

}
