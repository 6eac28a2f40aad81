package dev.cloudmap.benchmarks.freshness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A collection of latencies.
 */
final class Latencies {

	private static final double NANOS_PER_MILLI = 1_000_000;

	private final List<Long> nanos = new ArrayList<>();

	void add(long duration) {
		this.nanos.add(duration);
	}

	/**
	 * Returns a table row with the count, and the median, 99th percentile and maximum in
	 * ms.
	 */
	String row(String title) {
		List<Long> sorted = new ArrayList<>(this.nanos);
		Collections.sort(sorted);
		return String.format(Locale.ROOT, "| %s | %,d | %.1f ms | %.1f ms | %.1f ms |", title, sorted.size(),
				at(sorted, 50), at(sorted, 99), at(sorted, 100));
	}

	private static double at(List<Long> sorted, int percent) {
		int index = Math.min(sorted.size() * percent / 100, sorted.size() - 1);
		return sorted.get(index) / NANOS_PER_MILLI;
	}

}
