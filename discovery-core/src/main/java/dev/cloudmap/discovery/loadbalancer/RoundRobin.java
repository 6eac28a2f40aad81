package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One after the other.
 */
final class RoundRobin implements Balancing {

	@Override
	public Candidate choose(Candidate[] among, AtomicInteger turn) {
		return among[Integer.remainderUnsigned(turn.getAndIncrement(), among.length)];
	}

	/**
	 * Takes no turn: else those who come after one that is sick, and whose requests are
	 * sent again, would be passed over for it.
	 */
	@Override
	public Candidate chooseAnother(Candidate[] among) {
		return among[ThreadLocalRandom.current().nextInt(among.length)];
	}

}
