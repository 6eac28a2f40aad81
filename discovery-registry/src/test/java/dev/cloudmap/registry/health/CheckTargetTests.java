package dev.cloudmap.registry.health;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The address, path and Host header of a check.
 */
class CheckTargetTests {

	private static final Map<String, String> BOTH = Map.of("AWS_INSTANCE_IPV4", "192.0.2.1", "AWS_INSTANCE_IPV6",
			"2001:db8::1", "AWS_INSTANCE_PORT", "80");

	private static CheckTarget of(HealthCheck check, Map<String, String> attributes, RecordType... types) {
		DnsRecordSettings dns = new DnsRecordSettings(RoutingPolicy.MULTIVALUE,
				Arrays.stream(types).map((type) -> new DnsRecordSettings.TypedRecord(type, 10)).toList());
		Service service = Samples.service("srv-1", (types.length > 0) ? dns : null, check, null);
		return CheckTarget.of(service, check, Samples.instance(new InstanceReference("srv-1", "i"), attributes, 1));
	}

	private static CheckTarget withPath(String path) {
		return of(new HealthCheck(HealthCheck.Type.HTTP, path, 1), BOTH);
	}

	@Test
	void usesIpv6OnlyWithoutIpv4Records() {
		HealthCheck check = new HealthCheck(HealthCheck.Type.TCP, null, 1);
		assertThat(of(check, BOTH)).hasToString("tcp://192.0.2.1:80");
		assertThat(of(check, BOTH, RecordType.A, RecordType.AAAA)).hasToString("tcp://192.0.2.1:80");
		assertThat(of(check, BOTH, RecordType.SRV)).hasToString("tcp://192.0.2.1:80");
		assertThat(of(check, BOTH, RecordType.AAAA)).hasToString("tcp://[2001:db8::1]:80");
		assertThat(of(check, Map.of("AWS_INSTANCE_IPV6", "::1", "AWS_INSTANCE_PORT", "1")))
			.hasToString("tcp://[::1]:1");
		assertThat(of(check, Map.of("AWS_INSTANCE_PORT", "1"))).isNull();
	}

	@Test
	void escapesPath() {
		assertThat(withPath("/a%20b?c=d#e").path()).isEqualTo("/a%20b?c=d#e");
		assertThat(withPath("health").path()).isEqualTo("/health");
		assertThat(withPath("").path()).isEqualTo("/");
		assertThat(withPath("/ HTTP/1.1\r\nX: ü\u007f").path()).isEqualTo("/%20HTTP/1.1%0D%0AX:%20%C3%BC%7F");
	}

	@Test
	void sendsSameHostHeaderAsRoute53() throws Exception {
		InetAddress address = InetAddress.getByName("2001:db8::1");
		assertThat(new CheckTarget(HealthCheck.Type.HTTP, address, 80, "/").hostHeader()).isEqualTo("[2001:db8::1]");
		assertThat(new CheckTarget(HealthCheck.Type.HTTP, address, 443, "/").hostHeader())
			.isEqualTo("[2001:db8::1]:443");
		assertThat(new CheckTarget(HealthCheck.Type.HTTPS, address, 443, "/").hostHeader()).isEqualTo("[2001:db8::1]");
		assertThat(withPath("/").hostHeader()).isEqualTo("192.0.2.1");
	}

	@Test
	void detectsNonHostAddresses() throws Exception {
		for (String nowhere : new String[] { "0.0.0.0", "::", "224.0.0.1", "ff02::1" }) {
			assertThat(new CheckTarget(HealthCheck.Type.TCP, InetAddress.getByName(nowhere), 80, "/").isHost())
				.isFalse();
		}
		assertThat(withPath("/").isHost()).isTrue();
	}

}
