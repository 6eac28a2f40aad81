package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;

import static org.assertj.core.api.Assertions.assertThat;

class ConsulConventionTests extends DnsSourceFixture {

	private static final ServiceName SERVICE = new ServiceName(new Namespace("service.consul"), "worker");

	@Test
	void decodesAddressesInTargets() throws Exception {
		this.server.on("worker.service.consul.", Type.SRV,
				"worker.service.consul. SRV 1 1 8080 0a000101.addr.dc1.consul.",
				"worker.service.consul. SRV 1 1 8081 FD000000000000000000000000000017.addr.dc1.consul.");
		InstanceSet set = lookup(SERVICE, new ConsulConvention((service) -> null));
		assertThat(hosts(set)).containsExactly("10.0.1.1:8080", "fd00:0:0:0:0:0:0:17:8081");
		assertThat(set.instances()).extracting(Instance::id)
			.containsExactly("10.0.1.1:8080", "fd00:0:0:0:0:0:0:17:8081");
		assertThat(this.server.queries()).containsExactly("TCP SRV worker.service.consul.");
	}

	@Test
	void usesAdditionalSectionWithoutItsTexts() throws Exception {
		this.server.on("worker.service.consul.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER,
					"worker.service.consul. SRV 1 1 8080 machine.node.dc1.consul.",
					"worker.service.consul. SRV 1 1 8081 0a000101.addr.dc1.consul.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL,
					"machine.node.dc1.consul. TXT \"consul-network-segment=\"", "machine.node.dc1.consul. A 10.0.0.9",
					"0a000101.addr.dc1.consul. TXT \"10.0.0.7\"", "0a000101.addr.dc1.consul. A 10.0.1.1");
		});
		InstanceSet set = lookup(SERVICE, new ConsulConvention((service) -> null));
		assertThat(hosts(set)).containsExactly("10.0.0.9:8080", "10.0.1.1:8081");
		assertThat(this.server.queries()).containsExactly("TCP SRV worker.service.consul.");
	}

	@Test
	void queriesTag() throws Exception {
		this.server.on("blue.worker.service.consul.", Type.SRV,
				"blue.worker.service.consul. SRV 1 1 8080 0a000101.addr.dc1.consul.");
		InstanceSet set = lookup(SERVICE, new ConsulConvention(Map.of(SERVICE, "blue")::get));
		assertThat(hosts(set)).containsExactly("10.0.1.1:8080");
		assertThat(set.service()).isEqualTo(SERVICE);
	}

	@Test
	void dropsDecodedAddressThatMustNotBeCalled() throws Exception {
		this.server.on("worker.service.consul.", Type.SRV,
				"worker.service.consul. SRV 1 1 8080 e0000001.addr.dc1.consul.",
				"worker.service.consul. SRV 1 1 8080 0a000101.addr.dc1.consul.");
		assertThat(hosts(lookup(SERVICE, new ConsulConvention((service) -> null)))).containsExactly("10.0.1.1:8080");
	}

	@Test
	void usesConfiguredPortWithoutSrvRecords() throws Exception {
		this.server.on("worker.service.consul.", Type.A, "worker.service.consul. A 10.0.1.1");
		assertThat(hosts(lookup(SERVICE, new ConsulConvention((service) -> null)))).containsExactly("10.0.1.1:5000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "machine.node.dc1.consul.", "0a0001.addr.dc1.consul.", "0a00010g.addr.dc1.consul.",
			"0a000101.node.dc1.consul.", "0a000101.addr.", "0a000101.addrs.dc1.consul." })
	void otherNamesContainNoAddress(String name) {
		assertThat(new ConsulConvention((service) -> null).address(Name.fromConstantString(name))).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "7f000001, 127.0.0.1", "0a010203, 10.1.2.3", "fd000000000000000000000000000001, fd00::1" })
	void decodes(String label, String expected) throws Exception {
		Name name = Name.fromString(label + ".addr.dc1.consul.");
		assertThat(new ConsulConvention((service) -> null).address(name)).isEqualTo(InetAddress.getByName(expected));
	}

	private InstanceSet lookup(ServiceName service, DnsConvention convention) throws Exception {
		DnsInstanceSource source = new DnsInstanceSource(() -> List.of(this.server.address()),
				SampleSettings.of(convention.transport(), PATIENT), this.threads.lookups(), this.timer, (name) -> 5000,
				new CallableInstances(Scope.ANYWHERE), convention);
		return source.lookup(service).toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

}
