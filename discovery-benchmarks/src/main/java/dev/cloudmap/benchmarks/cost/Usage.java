package dev.cloudmap.benchmarks.cost;

/**
 * What one application used in a month, and what it got for it.
 *
 * @param dnsLookups how many look-ups went to DNS
 * @param discoveries calls of DiscoverInstances
 * @param revisions calls of DiscoverInstancesRevision
 * @param members how long it took until a registration or deregistration showed
 * @param health how long it took until a change of health showed
 * @param outdated how old the oldest change was that a call's list did not have
 * @param calls how many calls were made in all
 */
record Usage(long dnsLookups, long discoveries, long revisions, Delays members, Delays health, Delays outdated,
		long calls) {

	private static final double SECONDS_OF_MONTH = 30 * 24 * 3600.0;

	/** AWS's quota for an account and Region. */
	private static final double DISCOVERIES_PER_SECOND = 1000;

	/** AWS's quota for an account and Region. */
	private static final double REVISIONS_PER_SECOND = 3000;

	/**
	 * Calls that are paid for.
	 */
	long apiCalls() {
		return this.discoveries + this.revisions;
	}

	/**
	 * With how many such applications one of the account's quotas is used up; infinite if
	 * none is touched.
	 */
	double applicationsAtQuota() {
		double discoveries = DISCOVERIES_PER_SECOND * SECONDS_OF_MONTH / this.discoveries;
		double revisions = REVISIONS_PER_SECOND * SECONDS_OF_MONTH / this.revisions;
		return Math.min(discoveries, revisions);
	}

	/**
	 * The share of calls whose list was not up to date, in percent.
	 */
	double outdatedPercent() {
		return 100.0 * this.outdated.count() / this.calls;
	}

}
