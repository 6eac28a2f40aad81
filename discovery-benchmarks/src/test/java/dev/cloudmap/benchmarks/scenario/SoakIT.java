package dev.cloudmap.benchmarks.scenario;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.ExtraClasses;
import dev.cloudmap.benchmarks.scenario.process.Http;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a backend and its workers with random faults under load.
 * {@code -Dsoak.seconds=600
 * -Dsoak.seed=1} sets the duration and the seed. After each round the registry's API, its
 * DNS and the backend's catalog must list the same workers, and no request may have
 * failed except for a retry that the retry budget denied. At the end the processes must
 * not have more threads, sockets or memory than at the beginning.
 */
@Tag("slow")
class SoakIT {

	static final Duration LEASE = Duration.ofSeconds(4);

	private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);

	/** The duration of two consecutive health checks. */
	static final Duration HEALTH_DETECTION = HEALTH_INTERVAL.multipliedBy(2).plusMillis(500);

	/**
	 * The maximum time after the last fault until the registry lists all running
	 * applications.
	 */
	private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * The maximum time until DNS and the catalog list the same workers as the registry.
	 */
	private static final Duration AGREEMENT_TIMEOUT = Duration.ofSeconds(2);

	private static final int WORKERS = 4;

	/**
	 * The number of workers without a fault. The second of two retries reaches one of
	 * them at the latest.
	 */
	private static final int MIN_HEALTHY = 2;

	private static final int PER_SECOND = 100;

	/**
	 * The number of rounds before the first measurement, which fill caches and load
	 * classes.
	 */
	private static final int WARM_UP_ROUNDS = 2;

	/** The maximum number of open sockets in each process under the load alone. */
	private static final int MAX_SOCKETS = 100;

	/** The maximum growth of the live heap, in bytes. */
	private static final long MAX_HEAP_GROWTH = 6 << 20;

	/** The time after which idle connections and their threads are closed. */
	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);

	private static final String DENIED_RETRIES = "discovery.client.retries.denied";

	private static final Pattern COUNT = Pattern.compile("\"value\"\\s*:\\s*([0-9.]+)");

	private static final Duration DURATION = Duration.ofSeconds(Integer.getInteger("soak.seconds", 60));

	private static final long SEED = Long.getLong("soak.seed", new Random().nextInt(Integer.MAX_VALUE));

	private static final Caller CALLER = new Caller("starter",
			List.of("--management.endpoints.web.exposure.include=health,metrics"), ExtraClasses.NONE, PER_SECOND);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("soak", WORKERS,
			(directory) -> Fleet.withExternalRegistry(directory,
					List.of("--discovery.registration.lease=" + LEASE.toSeconds() + "s",
							"--discovery.registration.health.interval=" + HEALTH_INTERVAL.toSeconds() + "s"),
					ComparedCallers.extraClasses(FaultyWorker.class), List.of(CALLER)));

	@Test
	void requestsSucceedAndNothingLeaks() throws Exception {
		report("-Dsoak.seconds=" + DURATION.toSeconds() + " -Dsoak.seed=" + SEED);
		RandomFaults faults = new RandomFaults(SEED, fleet.fleet(), MIN_HEALTHY, SoakIT::report);
		ScenarioResult result = fleet.run("random faults, seed " + SEED, (run) -> {
			for (int i = 0; i < WARM_UP_ROUNDS; i++) {
				round(faults, run);
			}
			Map<String, Footprint> before = footprints();
			before.forEach((process, footprint) -> report(process + ": " + footprint));
			Duration end = run.now().plus(DURATION);
			while (run.now().compareTo(end) < 0) {
				round(faults, run);
			}
			assertNoLeak(before);
		});
		assertFailuresWithinRetryBudget(result.requests());
	}

	private static void round(RandomFaults faults, ScenarioRun run) {
		fleet.fleet().settle(WORKERS);
		Duration over = faults.round(run);
		Duration registered = run.await("the registry to list all live applications",
				fleet.fleet()::areApplicationsRegistered);
		Duration agreed = run.await("DNS and the catalog to list all live workers",
				fleet.fleet()::allSourcesListRunningWorkers);
		report("the last fault ended at %.1f s, the registry was current at %.1f s, DNS and catalog at %.1f s"
			.formatted(seconds(over), seconds(registered), seconds(agreed)));
		assertThat(registered).as("the registry lists all live applications")
			.isLessThan(over.plus(REGISTRATION_TIMEOUT));
		assertThat(agreed).as("DNS and the catalog list all live workers")
			.isLessThan(((registered.compareTo(over) > 0) ? registered : over).plus(AGREEMENT_TIMEOUT));
		assertFailuresWithinRetryBudget(run.requests());
	}

	/**
	 * Asserts that the number of failed requests does not exceed the number of retries
	 * that the retry budget denied.
	 */
	private static void assertFailuresWithinRetryBudget(Requests requests) {
		Requests failed = requests.failed();
		if (failed.count() > 0) {
			assertThat(failed.all()).hasSizeLessThanOrEqualTo(retriesDenied());
		}
	}

	private static int retriesDenied() {
		try {
			Matcher count = COUNT.matcher(Http.get(fleet.fleet().backend().uri("/actuator/metrics/" + DENIED_RETRIES)));
			return count.find() ? (int) Double.parseDouble(count.group(1)) : 0;
		}
		catch (UncheckedIOException ex) {
			// status 404: no retry was denied yet
			return 0;
		}
	}

	private static Map<String, Footprint> footprints() {
		Map<String, Footprint> footprints = new LinkedHashMap<>();
		footprints.put("backend", Footprint.of(fleet.fleet().backend()));
		footprints.put("registry", Footprint.of(fleet.fleet().registry()));
		footprints.put("worker", Footprint.of(fleet.fleet().workers().get(0)));
		return footprints;
	}

	private static void assertNoLeak(Map<String, Footprint> before) {
		Awaitility.await()
			.atMost(IDLE_TIMEOUT)
			.pollInterval(Duration.ofSeconds(5))
			.untilAsserted(() -> footprints().forEach((process, now) -> {
				report(process + ": " + now);
				Footprint then = before.get(process);
				assertThat(now.threadsGrownSince(then)).as(process + "'s threads").isEmpty();
				assertThat(now.sockets()).as(process + "'s sockets").isLessThanOrEqualTo(MAX_SOCKETS);
				assertThat(now.liveBytes()).as(process + "'s live bytes")
					.isLessThanOrEqualTo(then.liveBytes() + MAX_HEAP_GROWTH);
			}));
		assertThat(fleet.fleet().areApplicationsRegistered()).isTrue();
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1e3;
	}

	private static void report(String line) {
		System.out.println("soak: " + line);
	}

}
