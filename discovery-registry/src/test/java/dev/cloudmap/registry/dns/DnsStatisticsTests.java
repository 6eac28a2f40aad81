package dev.cloudmap.registry.dns;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Statistics of the DNS server.
 */
class DnsStatisticsTests {

	private TestRegistry registry;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		String service = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.SRV, RecordType.A);
		for (int i = 0; i < 8; i++) {
			this.registry.register(service, "x".repeat(60) + i,
					Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i, "AWS_INSTANCE_PORT", "5000"));
		}
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	@Test
	void countsEachQueryOnceByTransportAndResponse() throws Exception {
		assertThat(this.registry.server().dnsStatistics()).isEqualTo(new DnsStatistics(0, 0, Map.of(), 0, 0, 0));
		Message newer = RawDnsClient.query("worker.corp.local.", Type.A);
		newer.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
		Message updated = RawDnsClient.query("corp.local.", Type.SOA);
		updated.getHeader().setOpcode(5);
		for (int i = 0; i < 3; i++) {
			try (RawDnsClient udp = RawDnsClient.udp(this.registry.server().dnsAddress());
					RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
				udp.ask(RawDnsClient.query("worker.corp.local.", Type.A));
				udp.ask(RawDnsClient.query("worker.corp.local.", Type.SRV));
				tcp.ask(RawDnsClient.query("worker.corp.local.", Type.SRV));
				udp.ask(RawDnsClient.query("nobody.corp.local.", Type.A));
				tcp.ask(RawDnsClient.query("example.org.", Type.A));
				udp.ask(newer);
				udp.ask(updated);
			}
		}
		assertThat(this.registry.server().dnsStatistics()).isEqualTo(new DnsStatistics(15, 6,
				Map.of("NOERROR", 9L, "NXDOMAIN", 3L, "REFUSED", 3L, "BADVERS", 3L, "NOTIMP", 3L), 3, 0, 0));
	}

}
