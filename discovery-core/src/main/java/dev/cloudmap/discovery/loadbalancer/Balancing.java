package dev.cloudmap.discovery.loadbalancer;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses one of several instances. Used by many threads at a time; takes no lock.
 */
interface Balancing {

	/**
	 * The next to be called.
	 * @param among those to choose from, at least one, as often as their weights say; not
	 * null
	 * @param turn counts who was chosen from them before, from any number on; not null
	 */
	Candidate choose(Candidate[] among, AtomicInteger turn);

	/**
	 * Chooses one for a request that has been sent to others before, and whose turn it
	 * was then.
	 * @param among those that it has not been sent to, at least one; not null
	 */
	Candidate chooseAnother(Candidate[] among);

}
