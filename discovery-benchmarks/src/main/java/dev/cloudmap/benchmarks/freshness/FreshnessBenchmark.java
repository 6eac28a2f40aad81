package dev.cloudmap.benchmarks.freshness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;

/**
 * Measures the time from a change in the embedded registry until the catalog of each
 * caller shows it. The changes are registrations, deregistrations and health changes, one
 * at a time. The arguments are the number of callers and the number of changes.
 */
public final class FreshnessBenchmark {

	private static final ServiceName SERVICE = new ServiceName(new Namespace("corp"), "worker");

	private static final int OTHERS = 3;

	private static final int WARM_UP = 200;

	/** The pause between two changes, after all callers show the previous one. */
	private static final Duration PAUSE = Duration.ofMillis(50);

	private static final long TIMEOUT_SECONDS = 30;

	private final List<Caller> callers = new ArrayList<>();

	private final Set<String> others = new HashSet<>();

	private final Registry registry;

	private final Map<Step, Latencies> sinceAnswer = new EnumMap<>(Step.class);

	private final Latencies sinceRequest = new Latencies();

	private final Latencies all = new Latencies();

	private FreshnessBenchmark(int registryPort, int callers) {
		for (int i = 0; i < callers; i++) {
			this.callers.add(new Caller(registryPort, SERVICE.namespace().name(), SERVICE.name()));
		}
		this.registry = this.callers.get(0).registry();
	}

	/**
	 * Runs the benchmark.
	 */
	public static void main(String[] arguments) throws Exception {
		int callers = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 10;
		int changes = (arguments.length > 1) ? Integer.parseInt(arguments[1]) : 1000;
		try (RegistryProcess registry = RegistryProcess.start()) {
			FreshnessBenchmark benchmark = new FreshnessBenchmark(registry.httpPort(), callers);
			try {
				benchmark.measure(changes);
				benchmark.report();
			}
			finally {
				benchmark.callers.forEach(Caller::close);
			}
		}
	}

	private void measure(int changes) throws Exception {
		for (int i = 0; i < OTHERS; i++) {
			InstanceRegistration other = instance("other-" + i, i);
			this.registry.register(other);
			this.others.add(other.instanceId());
		}
		for (Caller caller : this.callers) {
			CompletableFuture<Long> shown = caller.expect(this.others);
			if (!caller.instances().equals(this.others)) {
				shown.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			}
		}
		Step[] steps = Step.values();
		for (int i = 0; i < WARM_UP + changes; i++) {
			int round = i / steps.length;
			change(steps[i % steps.length], instance("i-" + round, OTHERS + round), i >= WARM_UP);
			Thread.sleep(PAUSE.toMillis());
		}
	}

	private void change(Step step, InstanceRegistration instance, boolean counts) throws Exception {
		Set<String> expected = step.expected(this.others, instance.instanceId());
		List<CompletableFuture<Long>> shown = this.callers.stream().map((caller) -> caller.expect(expected)).toList();
		long asked = System.nanoTime();
		step.apply(this.registry, instance);
		long answered = System.nanoTime();
		for (int i = 0; i < this.callers.size(); i++) {
			long time = shown.get(i).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			Set<String> given = this.callers.get(i).instances();
			if (!given.equals(expected)) {
				throw new IllegalStateException("Expected the instances " + expected + ", found " + given);
			}
			if (counts) {
				// callers may show the change before its request returns
				long sinceAnswer = Math.max(0, time - answered);
				this.sinceAnswer.computeIfAbsent(step, (key) -> new Latencies()).add(sinceAnswer);
				this.all.add(sinceAnswer);
				this.sinceRequest.add(time - asked);
			}
		}
	}

	private static InstanceRegistration instance(String id, int number) {
		// all instances are on this machine, so each has its own port
		return new InstanceRegistration(SERVICE, id, "127.0.0.1", 10_000 + number, Map.of(), new ServiceDefinition(
				Set.of(ServiceDefinition.RecordType.A, ServiceDefinition.RecordType.SRV), Duration.ofSeconds(10)));
	}

	private void report() {
		System.out.println("| " + this.callers.size() + " callers, found by " + this.callers.get(0).source()
				+ " | shown | median | 99 % | longest |");
		System.out.println("|---|---|---|---|---|");
		this.sinceAnswer.forEach((step, latencies) -> System.out.println(latencies.row("since the answer, " + step)));
		System.out.println(this.all.row("since the answer, all"));
		System.out.println(this.sinceRequest.row("since the request, all"));
	}

}
