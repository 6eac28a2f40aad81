package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DrainTests {

	private static final RegistryInfo AWS = new RegistryInfo("cloud-map", "eu-central-1", null, Set.of());

	private static final RegistryInfo EMBEDDED = new RegistryInfo("embedded", "here", null, Set.of(Capability.WATCH));

	@Test
	void coversTheRefreshOfCallers() {
		Drain drain = new Drain(null, Duration.ofSeconds(10), Duration.ofSeconds(5));
		assertThat(drain.length(AWS)).isEqualTo(Duration.ofSeconds(15));
		assertThat(drain.reason(AWS)).contains("TTL of 10 s").contains("every 5000 ms");
		assertThat(drain.length(EMBEDDED)).isEqualTo(Duration.ofSeconds(5));
		assertThat(drain.reason(EMBEDDED)).contains("callers are notified");
	}

	@Test
	void lastsAsOnAwsWhereTheEmbeddedRegistryReportsNoChanges() {
		Drain drain = new Drain(null, Duration.ofSeconds(10), Duration.ofSeconds(5));
		RegistryInfo likeAws = new RegistryInfo("embedded", "here", null, Set.of());
		assertThat(drain.length(likeAws)).isEqualTo(Duration.ofSeconds(15));
		assertThat(drain.reason(likeAws)).contains("TTL of 10 s");
	}

	@Test
	void usesTheConfiguredDuration() {
		Drain drain = new Drain(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(5));
		assertThat(drain.length(AWS)).isZero();
		assertThat(drain.reason(EMBEDDED)).isEqualTo("discovery.registration.drain");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new Drain(Duration.ofSeconds(-1), Duration.ofSeconds(10), Duration.ofSeconds(5)))
			.withMessageContaining("discovery.registration.drain is -1000ms: expected 0s or more");
	}

	@Test
	void mustEndBeforeTheShutdownTimeout() {
		Duration timeout = Duration.ofSeconds(30);
		Drain derived = new Drain(null, Duration.ofSeconds(10), Duration.ofSeconds(5));
		assertThat(derived.flaw(AWS, timeout)).isEmpty();
		assertThat(derived.flaw(EMBEDDED, timeout)).isEmpty();
		assertThat(new Drain(Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO).flaw(AWS, timeout)).isEmpty();
		assertThat(new Drain(Duration.ofSeconds(21), Duration.ZERO, Duration.ZERO).flaw(AWS, timeout)).get()
			.asString()
			.contains("31000 ms")
			.contains("discovery.registration.drain")
			.contains("after 30000 ms");
		Drain longTtl = new Drain(null, Duration.ofSeconds(60), Duration.ofSeconds(5));
		assertThat(longTtl.flaw(EMBEDDED, timeout)).isEmpty();
		assertThat(longTtl.flaw(AWS, timeout)).get().asString().contains("65000 ms").contains("TTL of 60 s");
		assertThat(new Drain(Duration.ZERO, Duration.ZERO, Duration.ZERO).flaw(AWS, Duration.ofSeconds(1))).isEmpty();
	}

}
