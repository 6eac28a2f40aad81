package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The share of calls of each zone. The local zone gets all, up to a load per instance;
 * the rest goes to the zones with more instances than the average. Callers are assumed to
 * be spread evenly over the zones.
 */
final class ZoneShares {

	/**
	 * The load of the local zone's instances relative to the average of all. It keeps
	 * calls local where zones are not exactly alike.
	 */
	static final double LOAD_FACTOR = 1.4;

	private ZoneShares() {
	}

	/**
	 * The shares, whose sum is 1.
	 * @param own the local zone
	 * @param counts the number of callable instances of each zone, at least one in all
	 * @return the positive shares, that of the local zone first
	 */
	static Map<String, Double> of(String own, Map<String, Integer> counts) {
		int all = counts.values().stream().mapToInt(Integer::intValue).sum();
		double average = (double) all / (counts.containsKey(own) ? counts.size() : counts.size() + 1);
		double ownShare = Math.min(1, LOAD_FACTOR * counts.getOrDefault(own, 0) / average);
		Map<String, Double> shares = new LinkedHashMap<>();
		if (ownShare > 0) {
			shares.put(own, ownShare);
		}
		if (ownShare < 1) {
			Map<String, Double> surplus = new LinkedHashMap<>();
			counts.forEach((zone, count) -> {
				if (!zone.equals(own) && count > average) {
					surplus.put(zone, count - average);
				}
			});
			double together = surplus.values().stream().mapToDouble(Double::doubleValue).sum();
			surplus.forEach((zone, more) -> shares.put(zone, (1 - ownShare) * more / together));
		}
		return shares;
	}

}
