package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs two actions on one state concurrently, many times, each time on a new state and
 * with a small random offset. As jcstress does, it counts the outcomes.
 */
final class Race {

	private static final int ROUNDS = 8000;

	/** The number of states in a batch. */
	private static final int BLOCK = 4000;

	/** The maximum delay of an action, in spins. */
	private static final int SHIFTS = 100;

	/** The number of spins after which a thread yields its processor. */
	private static final int SPINS = 1000;

	private final AtomicInteger arrived = new AtomicInteger();

	private Race() {
	}

	static <S, O> Map<O, Long> outcomes(Supplier<S> state, Consumer<S> one, Consumer<S> other, Function<S, O> outcome)
			throws Exception {
		List<O> outcomes = new ArrayList<>();
		for (int done = 0; done < ROUNDS; done += BLOCK) {
			List<S> states = Stream.generate(state).limit(BLOCK).toList();
			Race race = new Race();
			CompletableFuture<Void> partner = CompletableFuture.runAsync(() -> race.run(states, other, 1),
					(task) -> new Thread(task, "race").start());
			race.run(states, one, 0);
			partner.get(1, TimeUnit.MINUTES);
			states.stream().map(outcome).forEach(outcomes::add);
		}
		return outcomes.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
	}

	private <S> void run(List<S> states, Consumer<S> action, int side) {
		for (int round = 0; round < states.size(); round++) {
			await(2 * (round + 1));
			int shift = round % (2 * SHIFTS) - SHIFTS;
			for (int i = 0; i < ((side == 0) ? shift : -shift); i++) {
				Thread.onSpinWait();
			}
			action.accept(states.get(round));
		}
	}

	/** Waits until both threads have reached a round. */
	private void await(int both) {
		this.arrived.incrementAndGet();
		for (int spins = 0; this.arrived.get() < both; spins++) {
			if (spins > SPINS) {
				LockSupport.parkNanos(1);
			}
			else {
				Thread.onSpinWait();
			}
		}
	}

}
