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
 * A called service and its changes over time. Each day, deployments replace its instances
 * one after the other, and one instance is unhealthy for a while.
 */
final class Callee {

	/**
	 * The time from the registration of a new instance until the deregistration of an old
	 * one.
	 */
	private static final Duration STEP = Duration.ofSeconds(30);

	private static final Duration UNHEALTHY = Duration.ofMinutes(10);

	private static final int MAX_DELAY_SECONDS = 3600;

	private final ServiceName name;

	private final NavigableMap<Instant, State> states = new TreeMap<>();

	private final List<State> byNumber = new ArrayList<>();

	private int lastId;

	/**
	 * Creates the callee with all its changes.
	 * @param name the name of the service
	 * @param instances the number of instances
	 * @param deploymentsPerDay the number of deployments per day
	 * @param start the start of the simulation
	 * @param days the duration of the simulation in days
	 * @param chance determines the times of the changes
	 */
	Callee(ServiceName name, int instances, int deploymentsPerDay, Instant start, int days, Random chance) {
		this.name = name;
		List<Instance> members = new ArrayList<>();
		for (int i = 0; i < instances; i++) {
			members.add(next());
		}
		addState(start, 1, members);
		Duration apart = Duration.ofDays(1).dividedBy(deploymentsPerDay);
		for (int i = 0; i < days * deploymentsPerDay; i++) {
			Instant slot = start.plus(apart.multipliedBy(i));
			deploy(slot.plusMillis(chance.nextLong(1000L * MAX_DELAY_SECONDS)), instances);
			if (i % deploymentsPerDay == 0) {
				addHealthChange(slot.plus(apart.dividedBy(2)).plusMillis(chance.nextLong(1000L * MAX_DELAY_SECONDS)));
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
			addState(time, last().revision() + 1, members);
			time = time.plus(STEP);
			addState(time, last().revision() + 1, members.subList(1, members.size()));
			time = time.plus(STEP);
		}
	}

	/** Adds a health change, which does not change the revision. */
	private void addHealthChange(Instant begin) {
		List<Instance> members = last().instances();
		addState(begin, last().revision(), members.subList(1, members.size()));
		addState(begin.plus(UNHEALTHY), last().revision(), members);
	}

	private void addState(Instant since, long revision, List<Instance> instances) {
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
	 * Returns the state at a time.
	 */
	State at(Instant time) {
		return this.states.floorEntry(time).getValue();
	}

	State state(int number) {
		return this.byNumber.get(number);
	}

	/**
	 * Returns the newest state up to a time that has these instances.
	 */
	State stateWith(List<String> ids, Instant time) {
		for (State state = at(time); state.number() > 0; state = state(state.number() - 1)) {
			if (state.ids().equals(ids)) {
				return state;
			}
		}
		return state(0);
	}

	/**
	 * A state between two changes.
	 *
	 * @param number the number of previous states
	 * @param since the start of the state
	 * @param revision the revision in the registry
	 * @param instances the callable instances
	 */
	record State(int number, Instant since, long revision, List<Instance> instances) {

		List<String> ids() {
			return Collections.unmodifiableList(this.instances.stream().map(Instance::id).toList());
		}

		/**
		 * Returns whether this state differs from another one only by a health change.
		 */
		boolean isHealthOnly(State before) {
			return this.revision == before.revision;
		}

	}

}
