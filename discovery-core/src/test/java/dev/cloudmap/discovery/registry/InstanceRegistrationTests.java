package dev.cloudmap.discovery.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceRegistrationTests {

	private static final OptionalInt PORT = OptionalInt.of(8080);

	private static final Set<RecordType> A_AND_SRV = Set.of(RecordType.A, RecordType.SRV);

	@Test
	void recordsFollowTheAddressesAndThePort() {
		assertThat(records(A_AND_SRV, List.of("10.0.0.1"), PORT)).isEqualTo(A_AND_SRV);
		assertThat(records(A_AND_SRV, List.of("fd00::1"), PORT)).containsOnly(RecordType.AAAA, RecordType.SRV);
		assertThat(records(A_AND_SRV, List.of("10.0.0.1", "fd00::1"), PORT)).containsOnly(RecordType.A, RecordType.AAAA,
				RecordType.SRV);
		assertThat(records(Set.of(RecordType.AAAA), List.of("10.0.0.1"), PORT)).containsOnly(RecordType.A);
		assertThat(records(Set.of(RecordType.SRV), List.of("10.0.0.1", "fd00::1"), PORT)).containsOnly(RecordType.SRV);
		assertThat(records(Set.of(RecordType.SRV), List.of("10.0.0.1", "fd00::1"), OptionalInt.empty()))
			.containsOnly(RecordType.A, RecordType.AAAA);
		assertThat(records(A_AND_SRV, List.of("fd00::1"), OptionalInt.empty())).containsOnly(RecordType.AAAA);
	}

	@Test
	void bothAddressesAreAttributes() {
		InstanceRegistration both = instance(A_AND_SRV, List.of("10.0.0.1", "fd00::1"), PORT)
			.initially(HealthStatus.UNHEALTHY);
		assertThat(both.allAttributes()).containsOnly(Map.entry("AWS_INSTANCE_IPV4", "10.0.0.1"),
				Map.entry("AWS_INSTANCE_IPV6", "fd00::1"), Map.entry("AWS_INSTANCE_PORT", "8080"),
				Map.entry("AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		assertThat(both.address()).isEqualTo("10.0.0.1");
		assertThat(both.isIpv6()).isFalse();
	}

	@Test
	void rejectsPortZero() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> instance(A_AND_SRV, List.of("10.0.0.1"), OptionalInt.of(0)))
			.withMessageContaining("port 0, expected 1 to 65535");
	}

	@Test
	void acceptsOneAddressPerFamily() {
		assertThatIllegalArgumentException().isThrownBy(() -> instance(A_AND_SRV, List.of(), PORT))
			.withMessageContaining("expected one, or an IPv4 and an IPv6 address");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> instance(A_AND_SRV, List.of("10.0.0.1", "10.0.0.2"), PORT));
	}

	private static Set<RecordType> records(Set<RecordType> types, List<String> addresses, OptionalInt port) {
		return instance(types, addresses, port).definition().recordTypes();
	}

	private static InstanceRegistration instance(Set<RecordType> types, List<String> addresses, OptionalInt port) {
		return new InstanceRegistration(new ServiceName(new Namespace("corp"), "worker"), "i-1", addresses, port,
				Map.of(), new ServiceDefinition(types, Duration.ofSeconds(10)));
	}

}
