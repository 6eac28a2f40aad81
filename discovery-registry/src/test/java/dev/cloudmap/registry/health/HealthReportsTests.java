package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RegistryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Custom health, its delay, and leases, with a manual clock.
 */
class HealthReportsTests extends InstanceOverTime {

	private HealthReports health;

	@BeforeEach
	void createService() {
		createService("srv-1", new CustomHealthCheck(1));
	}

	private void createService(String id, CustomHealthCheck custom) {
		create(Samples.service(id, null, null, custom));
	}

	private void begin(Duration delay) {
		this.health = HealthReports.begin(this.state, this.scheduler, () -> Emulation.NONE.withHealthDelay(delay));
	}

	private void report(HealthStatus status) {
		this.health.report(KEY, status).join();
	}

	@Test
	void appliesReportImmediatelyWithoutDelay() {
		begin(Duration.ZERO);
		register(KEY, Map.of());
		report(HealthStatus.UNHEALTHY);
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		report(HealthStatus.HEALTHY);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void repeatedReportDoesNotExtendDelay() {
		begin(Duration.ofSeconds(30));
		register(KEY, Map.of());
		report(HealthStatus.UNHEALTHY);
		pass("PT20S");
		report(HealthStatus.UNHEALTHY);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@Test
	void oppositeReportCancelsChange() {
		begin(Duration.ofSeconds(30));
		register(KEY, Map.of());
		report(HealthStatus.UNHEALTHY);
		pass("PT20S");
		report(HealthStatus.HEALTHY);
		pass("PT60S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void acceptsOppositeReportDuringChange() {
		begin(Duration.ofSeconds(30));
		register(KEY, Map.of());
		report(HealthStatus.UNHEALTHY);
		CompletableFuture<String> writerIsFree = new CompletableFuture<>();
		CompletableFuture<String> writer = this.state.submit((transaction) -> writerIsFree.join());
		this.scheduler.advance(Duration.ofSeconds(30));
		report(HealthStatus.HEALTHY);
		writerIsFree.complete("");
		writer.join();
		pass("PT0S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		pass("PT30S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void newRegistrationDiscardsReport() {
		begin(Duration.ofSeconds(30));
		register(KEY, Map.of());
		report(HealthStatus.UNHEALTHY);
		register(KEY, Map.of());
		pass("PT60S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void becomesUnhealthyAndThenExpires() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		pass("PT9.9S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT0.1S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		pass("PT19.9S");
		assertThat(find(KEY)).isNotNull();
		pass("PT0.1S");
		assertThat(find(KEY)).isNull();
	}

	@Test
	void healthReportRenewsLease() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		for (int i = 0; i < 10; i++) {
			pass("PT9S");
			report(HealthStatus.HEALTHY);
			assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		}
		report(HealthStatus.UNHEALTHY);
		pass("PT30S");
		assertThat(find(KEY)).isNull();
	}

	@Test
	void registrationRenewsLease() {
		begin(Duration.ZERO);
		for (int i = 0; i < 10; i++) {
			register(KEY, Map.of("discovery.lease", "10"));
			pass("PT9S");
			assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		}
		register(KEY, Map.of());
		pass("PT1H");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void renewalAfterLapseIsImmediate() {
		begin(Duration.ofSeconds(30));
		register(KEY, Map.of("discovery.lease", "10"));
		pass("PT15S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		report(HealthStatus.HEALTHY);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT9.9S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT0.1S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@Test
	void leasesApplyWithoutHealthConfig() {
		begin(Duration.ZERO);
		createService("srv-2", null);
		InstanceReference key = new InstanceReference("srv-2", "i");
		register(key, Map.of("discovery.lease", "10"));
		assertThat(find(key).health()).isEqualTo(HealthStatus.UNKNOWN);
		pass("PT10S");
		assertThat(find(key).health()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@Test
	void existingLeasesApply() {
		register(KEY, Map.of("discovery.lease", "10"));
		begin(Duration.ZERO);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@Test
	void lateRenewalRequiresRegistration() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		pass("PT10S");
		CountDownLatch writer = new CountDownLatch(1);
		var blocked = this.state.submit((transaction) -> {
			awaitQuietly(writer);
			return "";
		});
		// The instance remains visible until the writer thread deregisters it.
		this.scheduler.advance(Duration.ofSeconds(20));
		var report = this.health.report(KEY, HealthStatus.HEALTHY);
		writer.countDown();
		blocked.join();
		assertThatThrownBy(report::join).cause()
			.isInstanceOfSatisfying(RegistryException.class,
					(refusal) -> assertThat(refusal.type()).isEqualTo(ErrorType.INSTANCE_NOT_FOUND));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void retriesFailedDeregistration() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		pass("PT10S");
		this.journal.setBroken(true);
		pass("PT20S");
		assertThat(find(KEY)).isNotNull();
		this.journal.setBroken(false);
		pass("PT10S");
		assertThat(find(KEY)).isNull();
	}

	@Test
	void retriesFailedRenewal() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		pass("PT10S");
		this.journal.setBroken(true);
		assertThatThrownBy(() -> report(HealthStatus.HEALTHY)).hasRootCauseMessage("disk full");
		this.journal.setBroken(false);
		report(HealthStatus.HEALTHY);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void unhealthyReportDoesNotRenewLease() {
		begin(Duration.ZERO);
		register(KEY, Map.of("discovery.lease", "10"));
		for (int i = 0; i < 29; i++) {
			pass("PT1S");
			report(HealthStatus.UNHEALTHY);
		}
		assertThat(find(KEY).standing()).isEqualTo(Instance.Standing.LAPSED);
		pass("PT1S");
		assertThat(find(KEY)).isNull();
	}

}
