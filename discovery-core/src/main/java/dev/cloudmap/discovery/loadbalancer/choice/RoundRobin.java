package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;

/**
 * Chooses each candidate in turn.
 */
final class RoundRobin implements Balancing {

	@Override
	public Candidate choose(Candidate[] among, AtomicInteger turn) {
		return among[Integer.remainderUnsigned(turn.getAndIncrement(), among.length)];
	}

	/**
	 * Takes no turn, since a failing instance would otherwise shift the turns of those
	 * after it.
	 */
	@Override
	public Candidate chooseAnother(Candidate[] among) {
		return among[ThreadLocalRandom.current().nextInt(among.length)];
	}

}
