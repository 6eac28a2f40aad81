package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.ServiceName;

/**
 * A service that is called, and all that happens to it: each day its instances are
 * replaced some times, one after the other, and one is unhealthy for a while.
 */
final class Callee {

	/** From the registration of a new instance until an old one leaves. */
	private static final Duration STEP = Duration.ofSeconds(30);

	private static final Duration UNHEALTHY = Duration.ofMinutes(10);

	private static final int MAX_DELAY_SECONDS = 3600;

	private final ServiceName name;

	private final NavigableMap<Instant, State> states = new TreeMap<>();

	private final List<State> byNumber = new ArrayList<>();

	private int lastId;

	/**
	 * Creates the callee with all its past and future.
	 * @param name its name
	 * @param instances how many it has
	 * @param deploymentsPerDay how often they are replaced
	 * @param start when it begins
	 * @param days for how long it goes on
	 * @param chance when what happens
	 */
	Callee(ServiceName name, int instances, int deploymentsPerDay, Instant start, int days, Random chance) {
		this.name = name;
		List<Instance> members = new ArrayList<>();
		for (int i = 0; i < instances; i++) {
			members.add(next());
		}
		become(start, 1, members);
		Duration apart = Duration.ofDays(1).dividedBy(deploymentsPerDay);
		for (int i = 0; i < days * deploymentsPerDay; i++) {
			Instant slot = start.plus(apart.multipliedBy(i));
			deploy(slot.plusMillis(chance.nextLong(1000L * MAX_DELAY_SECONDS)), instances);
			if (i % deploymentsPerDay == 0) {
				fallIll(slot.plus(apart.dividedBy(2)).plusMillis(chance.nextLong(1000L * MAX_DELAY_SECONDS)));
			}
		}
	}

	private Instance next() {
		this.lastId++;
		return new Instance(this.name, String.format("i-%06d", this.lastId), "10.0.0.1", 8080, HealthStatus.UNKNOWN,
				Map.of());
	}

	private void deploy(Instant begin, int instances) {
		Instant time = begin;
		for (int i = 0; i < instances; i++) {
			List<Instance> members = new ArrayList<>(last().instances());
			members.add(next());
			become(time, last().revision() + 1, members);
			time = time.plus(STEP);
			become(time, last().revision() + 1, members.subList(1, members.size()));
			time = time.plus(STEP);
		}
	}

	/** The revision does not tell. */
	private void fallIll(Instant begin) {
		List<Instance> members = last().instances();
		become(begin, last().revision(), members.subList(1, members.size()));
		become(begin.plus(UNHEALTHY), last().revision(), members);
	}

	private void become(Instant since, long revision, List<Instance> instances) {
		State state = new State(this.byNumber.size(), since, revision, List.copyOf(instances));
		this.states.put(since, state);
		this.byNumber.add(state);
	}

	private State last() {
		return this.byNumber.get(this.byNumber.size() - 1);
	}

	ServiceName name() {
		return this.name;
	}

	/**
	 * What would be found at a time.
	 */
	State at(Instant time) {
		return this.states.floorEntry(time).getValue();
	}

	State state(int number) {
		return this.byNumber.get(number);
	}

	/**
	 * The newest state up to a time in which these were the instances.
	 */
	State shownBy(List<String> ids, Instant time) {
		for (State state = at(time); state.number() > 0; state = state(state.number() - 1)) {
			if (state.ids().equals(ids)) {
				return state;
			}
		}
		return state(0);
	}

	/**
	 * One state between two changes.
	 *
	 * @param number how many there were before
	 * @param since when it began
	 * @param revision the registry's
	 * @param instances those that should be called
	 */
	record State(int number, Instant since, long revision, List<Instance> instances) {

		List<String> ids() {
			return Collections.unmodifiableList(this.instances.stream().map(Instance::id).toList());
		}

		/**
		 * Whether a change of health made this of another state.
		 */
		boolean isHealthOnly(State before) {
			return this.revision == before.revision;
		}

	}

}
