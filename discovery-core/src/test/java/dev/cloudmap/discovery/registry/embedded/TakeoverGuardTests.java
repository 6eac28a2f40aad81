package dev.cloudmap.discovery.registry.embedded;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.embedded.Membership.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TakeoverGuardTests {

	@Test
	void stoppingApplicationTakesNothingOver() {
		HostOrJoin host = new HostOrJoin(0, 0, null, false);
		int port = host.ensure().endpoint().getPort();
		try (HostOrJoin member = new HostOrJoin(port, 0, null, false)) {
			assertThat(member.ensure().role()).isEqualTo(Role.MEMBER);
			TakeoverGuard guard = new TakeoverGuard(member);
			guard.start();
			guard.stop();
			host.close();
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(member::ensure)
				.withMessageContaining("The application is stopping");
			member.open();
			assertThat(member.ensure().role()).isEqualTo(Role.HOST);
			guard.stop();
			assertThat(member.ensure().role()).isEqualTo(Role.HOST);
		}
		finally {
			host.close();
		}
	}

}
