package dev.cloudmap.containers;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.containers.fleet.Fleet;
import dev.cloudmap.containers.fleet.FleetSettings;
import dev.cloudmap.containers.fleet.Node;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a network without IPv4.
 */
@EnabledIfContainers
class Ipv6IT {

	@RegisterExtension
	static final Fleet fleet = new Fleet(
			FleetSettings.defaults().withWorkers(2).withIpVersion(FleetSettings.IpVersion.IPV6));

	@Test
	void theBackendFindsEachWorkerThroughDns() {
		assertThat(fleet.backend().address()).contains(":");
		List<String> addresses = fleet.workers().stream().map(Node::address).toList();
		assertThat(fleet.client().run("dig", "+short", "worker.corp", "AAAA").lines())
			.containsExactlyInAnyOrderElementsOf(addresses);
		assertThat(fleet.client().run("dig", "+short", "worker.corp", "A")).isEmpty();
		Set<String> answers = new TreeSet<>();
		for (int call = 0; call < 4; call++) {
			answers.add(fleet.client()
				.run("curl", "-sS", "--fail", "--max-time", "30", "http://backend.corp:" + Node.PORT + "/")
				.replaceFirst("(?s).*From: ", ""));
		}
		assertThat(answers).containsExactlyInAnyOrderElementsOf(fleet.workers().stream().map(Node::authority).toList());
	}

}
