package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.retry.support.RetryTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers die, hang, are sick and slow, while a backend calls them: with the starter as
 * it comes, and with Spring Cloud LoadBalancer on the same {@code DiscoveryClient},
 * without the cache that its own starter would bring. With {@code -Dfaults.tuned=true}
 * also as an expert sets that up.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {

	private static final int WORKERS = 3;

	private static final int PER_SECOND = 200;

	/** How many requests may be slow of those that a worker hangs on to. */
	private static final int SLOW_OF_A_HANGING_WORKER = 10;

	/**
	 * How many requests may arrive at workers that are all sick, for each that is sent.
	 */
	private static final double AMPLIFICATION = 1.25;

	private static final Addition IN_BACKENDS = addition(ScenarioBackend.class);

	private static final Caller STARTER = new Caller("starter", List.of(), IN_BACKENDS, PER_SECOND);

	private static final List<Caller> CALLERS = Boolean.getBoolean("faults.tuned") ? List.of(STARTER, plain(), tuned())
			: List.of(STARTER, plain());

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("faults", WORKERS,
			(directory) -> Fleet.besideItsRegistry(directory, List.of(), addition(FaultyWorker.class), CALLERS));

	private static final List<ComparedResult> results = new ArrayList<>();

	private static Caller plain() {
		return new Caller("plain", withoutOurs("--spring.cloud.loadbalancer.retry.enabled=false"), IN_BACKENDS,
				PER_SECOND);
	}

	private static Caller tuned() {
		List<Path> classPath = new ArrayList<>(IN_BACKENDS.classPath());
		classPath.add(location(RetryTemplate.class));
		return new Caller("tuned",
				withoutOurs("--spring.cloud.loadbalancer.retry.enabled=true",
						"--spring.cloud.loadbalancer.retry.max-retries-on-next-service-instance=2",
						"--spring.cloud.loadbalancer.retry.retryable-status-codes=502,503,504",
						"--" + ScenarioBackend.TIMEOUT + "=1s"),
				new Addition(classPath, IN_BACKENDS.sources()), PER_SECOND);
	}

	private static List<String> withoutOurs(String... options) {
		List<String> all = new ArrayList<>(List.of(options));
		all.add("--spring.autoconfigure.exclude="
				+ "dev.cloudmap.discovery.autoconfigure.DiscoveryLoadBalancerAutoConfiguration");
		return all;
	}

	private static Addition addition(Class<?> source) {
		return new Addition(List.of(location(source)), List.of(source.getName()));
	}

	private static Path location(Class<?> type) {
		try {
			return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static List<Caller> callers() {
		return CALLERS;
	}

	@AfterAll
	static void show() throws IOException {
		StringBuilder table = new StringBuilder(ComparedResult.HEAD);
		results.forEach((result) -> table.append(result.row()));
		Files.writeString(Path.of("target", "scenarios", "faults", "comparison.md"), table);
		System.out.println(table);
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(1)
	void oneAnswers500HalfOfTheTime(Caller caller) throws Exception {
		SampleProcess sick = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three answers 500 half of the time, for 10 s", caller, (course) -> {
			sick.post("/faults/status?status=500&part=0.5");
			course.goOn(Duration.ofSeconds(10));
			sick.post("/faults/status?status=500&part=0");
		});
		if (caller.equals(STARTER)) {
			// a sixth of the requests where nobody is ejected
			assertThat(result.requests().failed().count()).isLessThan(result.requests().count() / 12);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(2)
	void oneIsTenTimesSlower(Caller caller) throws Exception {
		SampleProcess slow = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three is ten times slower (50 ms), for 8 s", caller, (course) -> {
			slow.post("/faults/delay?millis=50");
			course.goOn(Duration.ofSeconds(8));
			slow.post("/faults/delay?millis=0");
		});
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(result.slow().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(3)
	void allAnswer503(Caller caller) throws Exception {
		List<SampleProcess> workers = fleet.fleet().workers();
		Duration outage = Duration.ofSeconds(8);
		double[] amplification = new double[1];
		ComparedResult result = run("all answer 503, for 8 s", caller, (course) -> {
			var unused = count(course, caller);
			workers.forEach((worker) -> worker.post("/faults/status?status=503&part=1"));
			Count before = count(course, caller);
			course.goOn(outage);
			amplification[0] = count(course, caller).perRequestSince(before);
			workers.forEach((worker) -> worker.post("/faults/status?status=503&part=0"));
		});
		results.set(results.size() - 1, result.with("%.2f arrive for each request".formatted(amplification[0])));
		if (caller.equals(STARTER)) {
			assertThat(amplification[0]).isLessThanOrEqualTo(AMPLIFICATION);
		}
	}

	private static Count count(Course course, Caller caller) {
		Duration began = course.now();
		long arrivals = fleet.fleet().arrivals(caller);
		return new Count(arrivals, began.plus(course.now()).dividedBy(2));
	}

	/** Requests that have arrived at workers, and when they were counted. */
	private record Count(long arrivals, Duration at) {

		double perRequestSince(Count before) {
			double sent = this.at.minus(before.at).toNanos() / 1e9 * PER_SECOND;
			return (this.arrivals - before.arrivals) / sent;
		}

	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(4)
	void oneHangs(Caller caller) throws Exception {
		SampleProcess hanging = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three hangs for 20 s (SIGSTOP)", caller, (course) -> {
			hanging.pause();
			course.goOn(Duration.ofSeconds(20));
			hanging.resume();
			course.goOn(Duration.ofSeconds(2));
		});
		if (caller.equals(STARTER)) {
			assertThat(result.slow().count() + result.requests().failed().count())
				.isLessThanOrEqualTo(SLOW_OF_A_HANGING_WORKER);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(5)
	void oneIsKilled(Caller caller) throws Exception {
		SampleProcess killed = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three is killed (SIGKILL)", caller, (course) -> {
			killed.kill();
			course.goOn(Duration.ofSeconds(10));
		});
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(6)
	void allAreKilledAndOthersStart(Caller caller) throws Exception {
		List<SampleProcess> killed = fleet.fleet().workers();
		Duration[] back = new Duration[1];
		ComparedResult result = run("all are killed, and others start 2 s later", caller, (course) -> {
			killed.forEach(SampleProcess::kill);
			course.goOn(Duration.ofSeconds(2));
			for (int i = 0; i < WORKERS; i++) {
				fleet.fleet().startWorker();
			}
			fleet.fleet().workers().forEach(SampleProcess::awaitStarted);
			back[0] = course.now();
			course.goOn(Duration.ofSeconds(5));
		});
		Duration lastFailure = result.requests().failed().lastEnd().orElse(back[0]);
		results.set(results.size() - 1, result
			.with("last failure %.1f s after they had started".formatted(lastFailure.minus(back[0]).toMillis() / 1e3)));
		if (caller.equals(STARTER)) {
			assertThat(lastFailure).isLessThan(back[0].plusSeconds(3));
		}
	}

	/**
	 * Lets it happen to one of the callers, and keeps what it has seen.
	 */
	private static ComparedResult run(String name, Caller caller, Scenario.Steps steps) throws Exception {
		ScenarioResult seen = fleet.fleet().scenario(name, caller).run(steps);
		ComparedResult result = new ComparedResult(caller.name(), seen, "");
		results.add(result);
		return result;
	}

}
