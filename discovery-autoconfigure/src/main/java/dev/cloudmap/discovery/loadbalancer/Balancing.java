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

	/**
	 * Chooses one for a request that has been sent to others before, and whose turn it
	 * was then.
	 * @param among those that it has not been sent to, at least one; not null
	 */
	default Candidate chooseAnother(Candidate[] among) {
		return choose(among);
	}

}
