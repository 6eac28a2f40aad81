package dev.cloudmap.discovery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceSetTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	@Test
	void sameMembersAreInTheSameOrderWhateverTheAnswersOrder() {
		Instance a = instance("a", 1);
		Instance b = instance("b", 2);
		assertThat(new InstanceSet(WORKER, List.of(b, a, b), "dns").instances()).containsExactly(a, b);
	}

	@Test
	void refusesAPortThatNobodyCanCall() {
		assertThatIllegalArgumentException().isThrownBy(() -> instance("a", 0)).withMessageContaining("port 0");
		assertThatIllegalArgumentException().isThrownBy(() -> instance("a", 65536));
	}

	private static Instance instance(String id, int port) {
		return new Instance(WORKER, id, "127.0.0.1", port, HealthStatus.UNKNOWN, Map.of());
	}

}
