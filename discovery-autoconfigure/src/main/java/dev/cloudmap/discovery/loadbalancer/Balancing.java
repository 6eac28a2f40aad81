package dev.cloudmap.discovery.loadbalancer;

/**
 * Chooses one of several instances. Used by many threads at a time; takes no lock.
 */
@FunctionalInterface
interface Balancing {

	/**
	 * The next to be called.
	 * @param among those to choose from, at least one, as often as their weights say; not
	 * null
	 */
	Candidate choose(Candidate[] among);

}
