package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Repeats the instances of a list in proportion to their weights, evenly spread, so that
 * both round robin and random choices follow the weights. Computed once for each list.
 */
public final class WeightedTurns {

	/** With more turns, proportions are rounded. */
	private static final int MAX_TURNS = 10_000;

	/**
	 * The turns of weight 1 for one turn of weight 0, which has "a very small chance"
	 * (RFC 2782).
	 */
	private static final int TURNS_PER_ZERO = 100;

	private static final Logger logger = LoggerFactory.getLogger(WeightedTurns.class);

	private final LogLimit logLimit = new LogLimit();

	private volatile @Nullable Order last;

	/**
	 * The turns of the instances.
	 * @param instances the instances
	 * @return the turns; the same list if all have the same weight
	 */
	@SuppressWarnings("ReferenceEquality")
	public List<ServiceInstance> of(List<ServiceInstance> instances) {
		Order known = this.last;
		// the catalog returns the same list until it changes
		if (known == null || known.instances() != instances) {
			known = new Order(instances, turns(instances));
			this.last = known;
		}
		return known.turns();
	}

	private List<ServiceInstance> turns(List<ServiceInstance> instances) {
		long[] weights = instances.stream().mapToLong(this::weight).toArray();
		return Arrays.stream(weights).distinct().count() > 1 ? order(instances, counts(weights)) : instances;
	}

	private int weight(ServiceInstance instance) {
		Map<String, String> metadata = instance.getMetadata();
		String text = (metadata != null) ? metadata.get(InstanceAttributes.WEIGHT) : null;
		if (text == null) {
			return 1;
		}
		try {
			int weight = Integer.parseInt(text);
			if (weight >= 0) {
				return weight;
			}
		}
		catch (NumberFormatException ex) {
			// logged below
		}
		warn(instance, text);
		return 1;
	}

	private void warn(ServiceInstance instance, String weight) {
		if (this.logLimit.allows(instance.getInstanceId() + "=" + weight)) {
			logger.warn("The weight of {} is '{}': expected a whole number from 0 to {}. The weight 1 is used",
					instance, weight, Integer.MAX_VALUE);
		}
	}

	/**
	 * The number of turns of each weight: proportional, at least one, and about
	 * {@link #MAX_TURNS} together at most.
	 */
	private static long[] counts(long[] weights) {
		long divisor = Arrays.stream(weights).reduce(0, WeightedTurns::greatestCommonDivisor);
		long factor = Arrays.stream(weights).anyMatch((weight) -> weight == 0) ? TURNS_PER_ZERO : 1;
		long[] turns = Arrays.stream(weights).map((weight) -> Math.max(1, weight / divisor * factor)).toArray();
		long all = Arrays.stream(turns).sum();
		return (all <= MAX_TURNS) ? turns
				: Arrays.stream(turns).map((own) -> Math.max(1, Math.round((double) own * MAX_TURNS / all))).toArray();
	}

	private static long greatestCommonDivisor(long one, long other) {
		return (other == 0) ? one : greatestCommonDivisor(other, one % other);
	}

	/**
	 * An instance with {@code n} turns has one in the middle of each n-th part of the
	 * round.
	 */
	private static List<ServiceInstance> order(List<ServiceInstance> instances, long[] counts) {
		List<Turn> turns = new ArrayList<>();
		for (int i = 0; i < counts.length; i++) {
			for (int turn = 0; turn < counts[i]; turn++) {
				turns.add(new Turn((turn + 0.5) / counts[i], instances.get(i)));
			}
		}
		turns.sort(Comparator.comparingDouble(Turn::due));
		return turns.stream().map(Turn::instance).toList();
	}

	private record Turn(double due, ServiceInstance instance) {
	}

	private record Order(List<ServiceInstance> instances, List<ServiceInstance> turns) {
	}

}
