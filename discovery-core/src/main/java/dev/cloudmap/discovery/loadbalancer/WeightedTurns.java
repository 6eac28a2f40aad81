package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.InstanceAttributes;

/**
 * In which order the instances of one service take turns: as often as their weights say,
 * evenly spread. Whoever calls one after the other, or any by chance, calls them in that
 * proportion. The order is worked out once for each list.
 */
final class WeightedTurns {

	/** Where instances would have more turns together, proportions are rounded. */
	private static final int MAX_TURNS = 10_000;

	/**
	 * How many turns weight 1 has for one of weight 0, which RFC 2782 wants to have "a
	 * very small chance".
	 */
	private static final int TURNS_PER_ZERO = 100;

	/** Instances with ever new ids do not fill the log or the memory. */
	private static final int MAX_TOLD = 1000;

	private static final Logger logger = LoggerFactory.getLogger(WeightedTurns.class);

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Order last;

	/**
	 * The instances' turns.
	 * @param instances the instances; not null
	 * @return the same list where all have the same weight; never null
	 */
	@SuppressWarnings("ReferenceEquality")
	List<ServiceInstance> of(List<ServiceInstance> instances) {
		Order known = this.last;
		// the catalog hands out the same list until something changes
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
			// told below
		}
		tell(instance, text);
		return 1;
	}

	private void tell(ServiceInstance instance, String weight) {
		if (this.told.size() < MAX_TOLD && this.told.add(instance.getInstanceId() + "=" + weight)) {
			logger.warn("The weight of {} is '{}': expected a whole number from 0 to {}. It is taken for 1", instance,
					weight, Integer.MAX_VALUE);
		}
	}

	/**
	 * How many turns each has: in proportion, at least one, and not many more than
	 * {@link #MAX_TURNS} together.
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
	 * Whoever has a turn {@code n} times has the first after the n-th part of half a
	 * round, and one after each n-th part of a round from then on.
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
