package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One after the other. It begins anywhere, so that applications that are started together
 * don't all call the same.
 */
final class RoundRobin implements Balancing {

	private final AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt());

	@Override
	public Candidate choose(Candidate[] among) {
		return among[Integer.remainderUnsigned(this.next.getAndIncrement(), among.length)];
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
