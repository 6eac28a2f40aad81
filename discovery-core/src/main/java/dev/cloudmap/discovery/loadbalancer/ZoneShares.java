package dev.cloudmap.discovery.loadbalancer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which part of the calls each zone gets: the caller's own zone all, as long as its
 * instances can bear them, else the rest goes to the zones that have more than others.
 * Callers are taken to be spread evenly over the zones.
 */
final class ZoneShares {

	/**
	 * How many times as much as the average of all instances those of a zone take from
	 * their own zone's callers. It keeps calls in their zone where zones are not quite
	 * alike.
	 */
	static final double LOAD_FACTOR = 1.4;

	private ZoneShares() {
	}

	/**
	 * The zones' parts, which are 1 together.
	 * @param own the caller's zone; not null
	 * @param counts how many instances each zone has that can be called, at least one in
	 * all; not null
	 * @return the parts of those that have any, the own zone first; never null
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
