package dev.cloudmap.discovery.source.dns;

import java.time.Duration;

/**
 * The defaults of {@code discovery.lookup.dns}, but for how long to wait.
 */
final class SampleSettings {

	private static final Duration MIN_TTL = Duration.ofSeconds(1);

	private static final Duration MAX_TTL = Duration.ofMinutes(1);

	private SampleSettings() {
	}

	static DnsSettings udp(Duration timeout) {
		return new DnsSettings(DnsTransport.UDP, timeout, MIN_TTL, MAX_TTL);
	}

	static DnsSettings tcp(Duration timeout) {
		return new DnsSettings(DnsTransport.TCP, timeout, MIN_TTL, MAX_TTL);
	}

}
