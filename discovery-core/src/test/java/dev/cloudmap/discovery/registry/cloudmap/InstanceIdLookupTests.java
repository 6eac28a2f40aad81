package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that DNS contains each instance under its id in the API.
 */
class InstanceIdLookupTests extends CloudMapFixture {

	private static final Duration PATIENT = Duration.ofSeconds(10);

	@ParameterizedTest
	@ValueSource(strings = { "i-1", "127.0.1.2", "a.b.c", "a..b", ".a", "a.", "a:b", "a/b@c", "10.0.0.1:8080" })
	void instanceIdIsTheSameInDnsAndApi(String id) throws Exception {
		this.registry.register(instance(id));
		DiscoveryThreads threads = keep(new DiscoveryThreads());
		DnsInstanceSource dns = new DnsInstanceSource(() -> List.of(this.server.dnsAddress()),
				new DnsSettings(DnsTransport.UDP, PATIENT, PATIENT.multipliedBy(2), Duration.ofSeconds(1), PATIENT),
				threads.lookups(), threads.timer(), (service) -> null,
				new CallableInstances(CallableInstances.Scope.ANYWHERE));
		List<Instance> found = dns.lookup(WORKER).toCompletableFuture().get(30, TimeUnit.SECONDS).instances();
		assertThat(found).extracting(Instance::id).containsExactly(id);
		assertThat(ids(this.registry.discover(WORKER))).containsExactly(id);
	}

}
