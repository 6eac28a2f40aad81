package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Simulates an application that calls services for some days.
 */
final class Application {

	private static final int CALLEES = 10;

	private static final int DEPLOYMENTS_PER_DAY = 4;

	private static final int DAYS = 3;

	private static final int DAYS_OF_MONTH = 30;

	private static final Duration TTL = Duration.ofSeconds(10);

	/** The defaults of {@code DiscoveryProperties}. */
	private static final CatalogSettings DEFAULTS = new CatalogSettings(Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(30), Duration.ofMinutes(10), null);

	private static final Namespace CORP = new Namespace("corp");

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final VirtualTimer timer = new VirtualTimer(START);

	private final Random chance = new Random(1);

	private final Map<ServiceName, Callee> callees = new HashMap<>();

	private final Map<ServiceName, Integer> shown = new HashMap<>();

	private final ScriptedRegistry registry = new ScriptedRegistry(this.callees, this.timer);

	private final ScriptedDns dns;

	private final InstanceCatalog catalog;

	private final Traffic traffic;

	private final Delays members = new Delays();

	private final Delays health = new Delays();

	private final Delays outdated = new Delays();

	private long calls;

	private Application(Mode mode, Traffic traffic, ResolverCache cache) {
		this.traffic = traffic;
		this.dns = new ScriptedDns(this.callees, this.timer, TTL, cache);
		for (int i = 0; i < CALLEES; i++) {
			ServiceName name = new ServiceName(CORP, "callee-" + i);
			this.callees.put(name, new Callee(name, mode.instances(), DEPLOYMENTS_PER_DAY, START, DAYS, this.chance));
		}
		this.catalog = new InstanceCatalog(Namespaces.of(CORP),
				mode.source(this.dns, this.registry, this.timer, DEFAULTS.timeout()),
				mode.attributes(this.registry, this.timer, DEFAULTS.timeout()),
				mode.signal(this.registry, this.timer, DEFAULTS.refresh()), this.timer, DEFAULTS, null,
				List.of(this::changed));
	}

	/**
	 * Runs the simulation.
	 */
	static Usage run(Mode mode, Traffic traffic, ResolverCache cache) {
		Application application = new Application(mode, traffic, cache);
		application.run();
		return application.usage();
	}

	private void run() {
		this.callees.values().forEach((callee) -> {
			Duration first = Duration.ofMillis(this.chance.nextLong(this.traffic.period().toMillis()));
			this.timer.repeat(() -> call(callee), first, this.traffic.period());
		});
		this.timer.runUntil(START.plus(Duration.ofDays(DAYS)));
		this.catalog.close();
	}

	private void changed(InstanceSet set) {
		Instant now = this.timer.now();
		Callee callee = this.callees.get(set.service());
		if (callee == null) {
			return;
		}
		int after = callee.stateWith(set.instances().stream().map(Instance::id).toList(), now).number();
		Integer before = this.shown.put(set.service(), after);
		if (before == null) {
			return;
		}
		for (int number = before + 1; number <= after; number++) {
			Callee.State state = callee.state(number);
			Delays delays = state.isHealthOnly(callee.state(number - 1)) ? this.health : this.members;
			delays.add(Duration.between(state.since(), now));
		}
	}

	private void call(Callee callee) {
		List<ServiceInstance> known = this.catalog.service(callee.name().name()).instances().join();
		Instant now = this.timer.now();
		this.calls++;
		Callee.State current = callee.at(now);
		List<String> ids = known.stream().map(ServiceInstance::getInstanceId).toList();
		if (!current.ids().equals(ids)) {
			Callee.State seen = callee.stateWith(ids, now);
			this.outdated.add(Duration.between(callee.state(seen.number() + 1).since(), now));
		}
	}

	private Usage usage() {
		int months = DAYS_OF_MONTH / DAYS;
		return new Usage(this.dns.lookups() * months, this.registry.discoveries() * months,
				this.registry.revisions() * months, this.members, this.health, this.outdated, this.calls);
	}

}
