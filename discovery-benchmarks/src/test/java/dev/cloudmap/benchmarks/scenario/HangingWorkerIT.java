package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.ExtraClasses;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

/**
 * Tests that a hanging worker harms no GET request, with each HTTP client and library. By
 * default, some clients are tested at the same time for some seconds.
 * {@code -Dclients.full=true} tests all of them one after the other, each with 200
 * requests per second for 20 seconds, and {@code -Dclients.names=feign,gateway-webflux}
 * some of them.
 */
@Tag("slow")
class HangingWorkerIT {

	private static final int WORKERS = 3;

	private static final boolean FULL = Boolean.getBoolean("clients.full");

	private static final int PER_SECOND = FULL ? 200 : 40;

	/** A load at which cold code ejects no worker. */
	private static final int WARM_UP_PER_SECOND = 10;

	private static final Duration DURATION = Duration.ofSeconds(FULL ? 20 : 6);

	/** The duration of a warm-up load, and of the load after the worker resumed. */
	private static final Duration MARGIN = Duration.ofSeconds(2);

	/**
	 * The maximum number of requests that wait until their timeout with a client that
	 * cannot abandon them: requests before the ejection, and a trial request after each
	 * further ejection.
	 */
	private static final int MAX_WAITING = 25;

	private static final Collection<CallingClient> CLIENTS = clients(System.getProperty("clients.names", ""));

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("hanging-worker", WORKERS, HangingWorkerIT::fleet);

	private static final List<ComparedResult> results = new ArrayList<>();

	private static ClientsProcess process;

	private static Collection<CallingClient> clients(String names) {
		if (names.isEmpty()) {
			return FULL ? EnumSet.allOf(CallingClient.class) : CallingClient.SELECTED;
		}
		return Stream.of(names.split(",")).map(CallingClient::named).toList();
	}

	private static Fleet fleet(Path directory) {
		Fleet fleet = Fleet.withExternalRegistry(directory, List.of(), ExtraClasses.NONE, List.of());
		process = new ClientsProcess(directory, fleet.access(), CLIENTS);
		fleet.processes().add(process);
		return fleet;
	}

	@BeforeAll
	static void awaitClients() {
		CLIENTS.forEach(process::awaitStarted);
	}

	/** The clients that are tested at the same time. */
	static Stream<Collection<CallingClient>> groups() {
		return FULL ? CLIENTS.stream().map(List::of) : Stream.of(CLIENTS);
	}

	@AfterAll
	static void show() throws IOException {
		fleet.show(results, "clients.md");
	}

	@ParameterizedTest
	@MethodSource("groups")
	void requestsAreSentToTheOtherWorkers(Collection<CallingClient> clients) {
		SampleProcess hanging = fleet.fleet().workers().get(0);
		try (ClientLoads loads = load(clients, WARM_UP_PER_SECOND)) {
			awaitNormalResponses(loads);
		}
		Map<CallingClient, Requests> requests;
		try (ClientLoads loads = load(clients, PER_SECOND)) {
			awaitNormalResponses(loads);
			Map<CallingClient, Duration> begin = loads.now();
			hanging.pause();
			loads.waitFor(DURATION);
			hanging.resume();
			loads.waitFor(MARGIN);
			requests = loads.stop(begin);
		}
		SoftAssertions.assertSoftly((softly) -> requests.forEach((client, all) -> {
			ComparedResult result = new ComparedResult(client.toString(),
					new ScenarioResult("one of three is unresponsive (SIGSTOP)", all, Map.of()), "");
			results.add(result);
			if (client.abandonsRequests()) {
				softly.assertThat(all.failed().all()).as("failed requests of " + client).isEmpty();
				softly.assertThat(result.slow().all()).as("slow requests of " + client).isEmpty();
			}
			else {
				softly.assertThat(all.failed().count() + result.slow().count())
					.as("failed and slow requests of " + client)
					.isLessThanOrEqualTo(MAX_WAITING);
			}
		}));
	}

	private static ClientLoads load(Collection<CallingClient> clients, int perSecond) {
		Map<CallingClient, LoadSettings> settings = new EnumMap<>(CallingClient.class);
		clients.forEach((client) -> settings.put(client, Fleet.load(process.awaitStarted(client), perSecond)));
		return new ClientLoads(settings);
	}

	private static void awaitNormalResponses(ClientLoads loads) {
		loads.waitFor(MARGIN);
		Fleet.await("all clients to be answered by all workers", () -> loads.allMatch(fleet.fleet()::respondsNormally));
	}

}
