package dev.cloudmap.benchmarks.scenario.startup;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * The measured starts as a Markdown table: medians, with the lowest and the highest
 * value.
 *
 * @param starts the starts of each variant
 */
record StartupTable(Map<Variant, List<Start>> starts) {

	private static final double MEGABYTE = 1 << 20;

	@Override
	public String toString() {
		StringBuilder table = new StringBuilder("""
				| | ready, ms | CPU until ready, ms | routed, ms | resident, MB | classes | jars, MB |
				|---|---|---|---|---|---|---|
				""");
		this.starts.forEach((variant, of) -> {
			if (!of.isEmpty()) {
				table.append("| %s | %s | %s | %s | %s | %s | %s |\n".formatted(variant,
						spread(of, (start) -> start.ready().toMillis()), spread(of, (start) -> start.cpu().toMillis()),
						routed(of), spread(of, (start) -> Math.round(start.residentBytes() / MEGABYTE)),
						spread(of, Start::classes), String.format(Locale.ROOT, "%.1f", variant.size() / MEGABYTE)));
			}
		});
		return table.toString();
	}

	private static String routed(List<Start> starts) {
		boolean measured = starts.stream().allMatch((start) -> start.routed() != null);
		return measured ? spread(starts, (start) -> Objects.requireNonNull(start.routed()).toMillis()) : "";
	}

	private static String spread(List<Start> starts, ToLongFunction<Start> value) {
		long[] sorted = starts.stream().mapToLong(value).sorted().toArray();
		return "%d (%d-%d)".formatted(median(sorted), sorted[0], sorted[sorted.length - 1]);
	}

	private static long median(long[] sorted) {
		return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
	}

	/**
	 * Returns the median number of loaded classes of a variant.
	 */
	long classes(Variant variant) {
		return median(this.starts.get(variant).stream().mapToLong(Start::classes).sorted().toArray());
	}

}
