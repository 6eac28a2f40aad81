package dev.cloudmap.benchmarks.cost;

/**
 * The monthly usage of one application, and the accuracy of its lists.
 *
 * @param dnsLookups the number of DNS lookups
 * @param discoveries the number of calls of DiscoverInstances
 * @param revisions the number of calls of DiscoverInstancesRevision
 * @param members the delays until a registration or deregistration was visible
 * @param health the delays until a health change was visible
 * @param outdated the age of the oldest change that was missing in the list of a call
 * @param calls the total number of calls to services
 */
record Usage(long dnsLookups, long discoveries, long revisions, Delays members, Delays health, Delays outdated,
		long calls) {

	private static final double SECONDS_OF_MONTH = 30 * 24 * 3600.0;

	/** AWS's quota for an account and Region. */
	private static final double DISCOVERIES_PER_SECOND = 1000;

	/** AWS's quota for an account and Region. */
	private static final double REVISIONS_PER_SECOND = 3000;

	/**
	 * Returns the number of billed calls.
	 */
	long apiCalls() {
		return this.discoveries + this.revisions;
	}

	/**
	 * Returns the number of such applications that reach a quota of the account, or
	 * infinity if they use no quota.
	 */
	double applicationsAtQuota() {
		double discoveries = DISCOVERIES_PER_SECOND * SECONDS_OF_MONTH / this.discoveries;
		double revisions = REVISIONS_PER_SECOND * SECONDS_OF_MONTH / this.revisions;
		return Math.min(discoveries, revisions);
	}

	/**
	 * Returns the percentage of calls with an outdated list.
	 */
	double outdatedPercent() {
		return 100.0 * this.outdated.count() / this.calls;
	}

}
