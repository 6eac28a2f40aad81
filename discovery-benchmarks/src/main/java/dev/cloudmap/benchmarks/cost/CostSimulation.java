package dev.cloudmap.benchmarks.cost;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints the monthly cost of lookups on AWS Cloud Map as Markdown, by mode and traffic.
 */
public final class CostSimulation {

	private static final double DOLLARS_PER_CALL = 1.00 / 1_000_000;

	/**
	 * The price of a standard query of Route 53. Queries within a VPC may be free of
	 * charge.
	 */
	private static final double DOLLARS_PER_QUERY = 0.40 / 1_000_000;

	private static final int MAX_DNS_INSTANCES = 8;

	private static final int[] FLEETS = { 1, 100, 10_000 };

	private CostSimulation() {
	}

	/**
	 * Runs the simulation for all combinations.
	 */
	public static void main(String[] arguments) {
		System.out.println(RegistrationCost.ofOneMonth());
		System.out.println();
		for (Traffic traffic : Traffic.values()) {
			Map<Mode, Usage> usages = new EnumMap<>(Mode.class);
			for (Mode mode : Mode.values()) {
				usages.put(mode, Application.run(mode, traffic, ResolverCache.SHARED));
			}
			System.out.println("| " + traffic.title() + " | DNS look-ups | DiscoverInstances | "
					+ "DiscoverInstancesRevision | 1 | 100 | 10,000 | quota at | DNS, if charged |");
			System.out.println("|---|---|---|---|---|---|---|---|---|");
			usages.forEach(CostSimulation::printUse);
			System.out.println();
			System.out.println("| " + traffic.title()
					+ " | instances: mean, longest | health: mean, longest | outdated lists: calls, longest |");
			System.out.println("|---|---|---|---|");
			usages.forEach((mode, usage) -> {
				printFreshness(mode.title(), usage);
				if (usage.dnsLookups() > usage.discoveries()) {
					printFreshness(mode.title() + ", alone", Application.run(mode, traffic, ResolverCache.UNSHARED));
				}
			});
			System.out.println();
		}
	}

	private static void printUse(Mode mode, Usage usage) {
		StringBuilder line = new StringBuilder(format("| %s | %,d | %,d | %,d |", mode.title(), usage.dnsLookups(),
				usage.discoveries(), usage.revisions()));
		for (int fleet : FLEETS) {
			line.append(format(" $%,.2f |", usage.apiCalls() * fleet * DOLLARS_PER_CALL));
		}
		double quota = usage.applicationsAtQuota();
		line.append(Double.isInfinite(quota) ? " never |" : format(" %,.0f |", quota));
		double leastDns = usage.dnsLookups() * DOLLARS_PER_QUERY;
		double mostDns = leastDns * (1 + Math.min(mode.instances(), MAX_DNS_INSTANCES));
		System.out.println(line + format(" $%.2f to $%.2f |", leastDns, mostDns));
	}

	private static void printFreshness(String title, Usage usage) {
		System.out.println(format("| %s | %.1f s, %.1f s | %.1f s, %.1f s | %.2f %%, %.0f s |", title,
				usage.members().mean(), usage.members().longest(), usage.health().mean(), usage.health().longest(),
				usage.outdatedPercent(), usage.outdated().longest()));
	}

	private static String format(String pattern, Object... values) {
		return String.format(Locale.ROOT, pattern, values);
	}

}
