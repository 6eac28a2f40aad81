package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Selection of the instances to check and use of the results, with a manual clock and
 * without a network.
 */
class HealthCheckerTests extends InstanceOverTime {

	private static final Map<String, String> HERE = Map.of("AWS_INSTANCE_IPV4", "127.0.0.1", "AWS_INSTANCE_PORT",
			"8080");

	private final FakeProber prober = new FakeProber();

	private HealthChecker checks;

	@AfterEach
	void endChecks() {
		if (this.checks != null) {
			this.checks.close();
		}
	}

	private static Service service(HealthCheck check, CustomHealthCheck custom) {
		return Samples.service("srv-1", null, check, custom);
	}

	private Service createChecked(int threshold) {
		Service service = service(new HealthCheck(HealthCheck.Type.HTTP, "/health?deep=no", threshold), null);
		create(service);
		return service;
	}

	private void begin() {
		this.checks = HealthChecker.begin(this.state, this.scheduler, Duration.ofSeconds(10), this.prober);
	}

	private void register(Map<String, String> attributes) {
		register(KEY, attributes);
	}

	@Test
	void checksNewInstanceWithinSecondAndThenEveryInterval() {
		createChecked(1);
		begin();
		register(HERE);
		assertThat(this.prober.probed).isEmpty();
		pass("PT1S");
		assertThat(this.prober.probed).hasSize(1)
			.allSatisfy((endpoint) -> assertThat(endpoint).hasToString("http://127.0.0.1:8080/health?deep=no"));
		pass("PT20S");
		assertThat(this.prober.probed).hasSize(3);
	}

	@Test
	void checksNothingWithoutHealthCheckConfig() {
		create(service(null, new CustomHealthCheck(1)));
		begin();
		register(HERE);
		pass("PT60S");
		assertThat(this.prober.probed).isEmpty();
	}

	@Test
	void changesStatusAtThreshold() {
		createChecked(3);
		begin();
		register(HERE);
		pass("PT1S");
		this.prober.well = false;
		pass("PT20S");
		this.prober.well = true;
		pass("PT10S");
		this.prober.well = false;
		pass("PT20S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		this.prober.well = true;
		pass("PT20S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void startsHealthyAndWritesOnlyChanges() {
		createChecked(1);
		begin();
		register(HERE);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		long before = this.state.snapshot().service("srv-1").instancesRevision();
		int commits = this.journal.commits();
		pass("PT600S");
		assertThat(this.journal.commits()).isEqualTo(commits);
		this.prober.well = false;
		pass("PT600S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		assertThat(this.journal.commits()).isEqualTo(commits + 1);
		assertThat(this.state.snapshot().service("srv-1").instancesRevision()).isEqualTo(before);
	}

	@Test
	void retriesFailedWrites() {
		createChecked(2);
		begin();
		register(HERE);
		this.prober.well = false;
		this.journal.setBroken(true);
		pass("PT11S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		this.journal.setBroken(false);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
	}

	@Test
	void newRegistrationRestartsCheck() {
		createChecked(2);
		begin();
		register(HERE);
		this.prober.answers = false;
		pass("PT1S");
		CompletableFuture<CheckResult> first = this.prober.latest;
		this.prober.answers = true;
		this.prober.well = false;
		register(Map.of("AWS_INSTANCE_IPV6", "::1", "AWS_INSTANCE_PORT", "80"));
		assertThat(first).isCancelled();
		pass("PT1S");
		assertThat(this.prober.probed).hasSize(2).last().hasToString("http://[::1]:80/health?deep=no");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT10S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		register(HERE);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void leaseRenewalKeepsCheck() {
		createChecked(3);
		begin();
		Map<String, String> leased = new HashMap<>(HERE);
		leased.put("discovery.lease", "15");
		register(leased);
		this.prober.well = false;
		for (int i = 0; i < 5; i++) {
			pass("PT5S");
			register(leased);
		}
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		assertThat(this.prober.probed).hasSizeBetween(3, 4);
		this.prober.well = true;
		for (int i = 0; i < 6; i++) {
			pass("PT5S");
			register(leased);
		}
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void expiredLeaseOverridesCheck() {
		createChecked(1);
		HealthReports.begin(this.state, this.scheduler, () -> Emulation.NONE);
		begin();
		Map<String, String> leased = new HashMap<>(HERE);
		leased.put("discovery.lease", "15");
		register(leased);
		pass("PT16S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		pass("PT20S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		register(leased);
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void deregistrationStopsCheck() {
		createChecked(1);
		begin();
		register(HERE);
		this.prober.answers = false;
		pass("PT1S");
		this.state.submit(new DeregisterInstance(KEY)).join();
		assertThat(this.prober.latest).isCancelled();
		pass("PT60S");
		assertThat(this.prober.probed).hasSize(1);
	}

	@Test
	void closeStopsAllChecks() {
		createChecked(1);
		begin();
		register(HERE);
		this.prober.answers = false;
		pass("PT1S");
		this.checks.close();
		assertThat(this.prober.latest).isCancelled();
		register(HERE);
		pass("PT60S");
		assertThat(this.prober.probed).hasSize(1);
	}

	@Test
	void checksExistingInstances() {
		createChecked(1);
		register(HERE);
		begin();
		pass("PT10S");
		assertThat(this.prober.probed).hasSize(1);
	}

	@Test
	void appliesUpdatedServiceSettings() {
		Service checked = createChecked(1);
		Service unchecked = service(null, null);
		Service patient = service(new HealthCheck(HealthCheck.Type.TCP, null, 2), null);
		begin();
		register(HERE);
		this.prober.answers = false;
		pass("PT1S");
		update(unchecked, checked);
		assertThat(this.prober.latest).isCancelled();
		pass("PT60S");
		assertThat(this.prober.probed).hasSize(1);
		update(patient, unchecked);
		pass("PT1S");
		assertThat(this.prober.probed).hasSize(2).last().hasToString("tcp://127.0.0.1:8080");
		CompletableFuture<CheckResult> running = this.prober.latest;
		update(patient, patient);
		assertThat(running).isNotCancelled();
		update(checked, patient);
		assertThat(running).isCancelled();
	}

	@Test
	void ignoresResultsOfEarlierCheck() {
		Service checked = createChecked(1);
		begin();
		register(HERE);
		// In the state, the service has had the other check all the time.
		Service other = service(new HealthCheck(HealthCheck.Type.TCP, null, 1), null);
		update(other, checked);
		this.prober.well = false;
		pass("PT60S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	private void update(Service service, Service before) {
		this.checks.changed(this.state.snapshot(), List.of(new Change.ServiceUpdated(0, service, before)));
	}

	@Test
	void doesNotCheckLoadBalancersAndEc2Instances() {
		createChecked(1);
		begin();
		register(Map.of("AWS_EC2_INSTANCE_ID", "i-0123456789abcdef0"));
		pass("PT60S");
		assertThat(this.prober.probed).isEmpty();
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void nonHostAddressIsUnhealthy() {
		createChecked(1);
		begin();
		for (String nowhere : List.of("0.0.0.0", "224.0.0.1")) {
			register(Map.of("AWS_INSTANCE_IPV4", nowhere, "AWS_INSTANCE_PORT", "80"));
			assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
			pass("PT1S");
			assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		}
		assertThat(this.prober.probed).isEmpty();
	}

	/**
	 * Returns the configured result.
	 */
	private static final class FakeProber implements Prober {

		private final List<CheckTarget> probed = new ArrayList<>();

		private boolean well = true;

		private boolean answers = true;

		private CompletableFuture<CheckResult> latest = new CompletableFuture<>();

		@Override
		public CompletableFuture<CheckResult> probe(CheckTarget endpoint) {
			this.probed.add(endpoint);
			this.latest = new CompletableFuture<>();
			if (this.answers) {
				this.latest.complete(this.well ? CheckResult.healthy("well") : CheckResult.unhealthy("ill"));
			}
			return this.latest;
		}

	}

}
