package dev.cloudmap.discovery.actuate.endpoint;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.actuate.endpoint.CallsDescriptor.OperationDescriptor;
import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

import static org.assertj.core.api.Assertions.assertThat;

class CallsDescriptorTests {

	/** As many calls as one client that polls one service every 5 s for an hour. */
	private static final CallCounts COUNTS = new CallCounts(
			Map.of("DiscoverInstances", new Count(700, 3, 1), "DiscoverInstancesRevision", new Count(20, 0, 0),
					"RegisterInstance", new Count(1, 0, 0), "GetOperation", new Count(0, 0, 0)));

	@ParameterizedTest
	@ValueSource(strings = { "eu-west-1", "https://servicediscovery.eu-west-1.amazonaws.com",
			"https://vpce-1.servicediscovery.eu-west-1.vpce.amazonaws.com" })
	void estimatesTheCostOfAMonth(String location) {
		CallsDescriptor calls = calls(new RegistryInfo("cloud-map", location, null, Set.of()));
		// 720 an hour are 518,400 in 30 days
		assertThat(calls.estimate().discoveryCallsPerMonth()).isEqualTo(518_400);
		assertThat(calls.estimate().usdPerMonth()).isEqualByComparingTo("0.62");
		assertThat(calls.estimate().basis()).contains("3600 s", "$0.10 for this instance");
	}

	@Test
	void registriesOtherThanAwsCostNothing() {
		assertThat(
				calls(new RegistryInfo("embedded", "http://127.0.0.1:8054", "host", Set.of())).estimate().usdPerMonth())
			.isEqualTo(BigDecimal.ZERO);
		assertThat(
				calls(new RegistryInfo("cloud-map", "http://registry:8054", null, Set.of(Capability.WATCH))).estimate()
					.usdPerMonth())
			.isEqualTo(BigDecimal.ZERO);
		assertThat(
				calls(new RegistryInfo("cloud-map", "http://localhost:4566", null, Set.of())).estimate().usdPerMonth())
			.isEqualTo(BigDecimal.ZERO);
	}

	@Test
	void listsOperationsThatWereCalled() {
		assertThat(calls(new RegistryInfo("cloud-map", "eu-west-1", null, Set.of())).operations())
			.containsOnlyKeys("DiscoverInstances", "DiscoverInstancesRevision", "RegisterInstance")
			.containsEntry("DiscoverInstances", new OperationDescriptor(700, 3, 1));
	}

	private static CallsDescriptor calls(RegistryInfo registry) {
		return CallsDescriptor.of(COUNTS, registry, 1, Instant.EPOCH, Duration.ofHours(1));
	}

}
