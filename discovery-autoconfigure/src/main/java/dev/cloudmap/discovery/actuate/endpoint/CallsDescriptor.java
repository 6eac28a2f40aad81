package dev.cloudmap.discovery.actuate.endpoint;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;

/**
 * The calls of the registry's API since the application started.
 *
 * @param since when the application started
 * @param operations the counts of each operation that was called
 * @param estimate the estimated cost
 */
public record CallsDescriptor(Instant since, Map<String, OperationDescriptor> operations, CostDescriptor estimate) {

	static CallsDescriptor of(CallCounts counts, RegistryInfo registry, int instances, Instant since, Duration uptime) {
		Map<String, OperationDescriptor> operations = new TreeMap<>();
		counts.byOperation().forEach((name, count) -> {
			if (count.calls() > 0 || count.refused() > 0) {
				operations.put(name, OperationDescriptor.of(count));
			}
		});
		return new CallsDescriptor(since, operations, CostDescriptor.of(counts, registry, instances, uptime));
	}

	/**
	 * The calls of an operation.
	 *
	 * @param calls the number of calls, including those that failed
	 * @param failures the number of calls that failed
	 * @param refused the number of calls that the budget did not allow
	 */
	public record OperationDescriptor(long calls, long failures, long refused) {

		static OperationDescriptor of(Count count) {
			return new OperationDescriptor(count.calls(), count.failures(), count.refused());
		}

	}

	/**
	 * The estimated cost a month, if the application continues to call as often as since
	 * its start. The prices are those of {@code docs/cost.md}: $1.00 for a million
	 * discovery calls, and $0.10 for an instance that is registered for a month.
	 *
	 * @param discoveryCallsPerMonth the calls of DiscoverInstances and
	 * DiscoverInstancesRevision in 30 days
	 * @param usdPerMonth US dollars; zero for a registry that is not AWS
	 * @param basis what the estimate is based on
	 */
	public record CostDescriptor(long discoveryCallsPerMonth, BigDecimal usdPerMonth, String basis) {

		private static final Duration MONTH = Duration.ofDays(30);

		private static final BigDecimal CALLS_PER_DOLLAR = BigDecimal.valueOf(1_000_000);

		private static final BigDecimal INSTANCE = new BigDecimal("0.10");

		private static final int CENTS = 2;

		static CostDescriptor of(CallCounts counts, RegistryInfo registry, int instances, Duration uptime) {
			long calls = counts.of("DiscoverInstances").calls() + counts.of("DiscoverInstancesRevision").calls();
			long monthly = Math.round((double) calls * MONTH.toMillis() / Math.max(1, uptime.toMillis()));
			if (!isCharged(registry)) {
				return new CostDescriptor(monthly, BigDecimal.ZERO, "this registry costs nothing");
			}
			BigDecimal dollars = BigDecimal.valueOf(monthly)
				.divide(CALLS_PER_DOLLAR, CENTS, RoundingMode.HALF_UP)
				.add(INSTANCE.multiply(BigDecimal.valueOf(instances)));
			return new CostDescriptor(monthly, dollars, "$1.00 per million discovery calls at the rate of the last "
					+ uptime.toSeconds() + " s" + ((instances > 0) ? ", and $0.10 for this instance" : ""));
		}

		/** AWS has no capabilities beyond its API. An emulator has another domain. */
		private static boolean isCharged(RegistryInfo registry) {
			if (!registry.type().equals("cloud-map") || !registry.capabilities().isEmpty()) {
				return false;
			}
			return !registry.location().contains("://")
					|| new CloudMapEndpoint(URI.create(registry.location()), null).isInAwsDomain();
		}

	}

}
