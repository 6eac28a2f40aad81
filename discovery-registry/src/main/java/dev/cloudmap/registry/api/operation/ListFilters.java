package dev.cloudmap.registry.api.operation;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.FilterCondition;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * Creates predicates from list filters.
 */
final class ListFilters {

	private ListFilters() {
	}

	/**
	 * Combines the predicates of all filters.
	 * @param filters the filters
	 * @param predicate returns the predicate of a filter
	 */
	static <F, T> Predicate<T> all(List<F> filters, Function<F, Predicate<T>> predicate) {
		return filters.stream().map(predicate).reduce((element) -> true, Predicate::and);
	}

	/**
	 * Creates the predicate of a filter.
	 * @param name the name of the filter
	 * @param values its values
	 * @param condition its condition; null for the first allowed one
	 * @param allowed the allowed conditions
	 */
	static Predicate<String> of(String name, List<String> values, @Nullable String condition,
			List<FilterCondition> allowed) {
		FilterCondition effective = (condition != null) ? FilterCondition.valueOf(condition) : allowed.get(0);
		if (!allowed.contains(effective)) {
			throw RegistryException.invalid("The filter %s takes the conditions %s, but the request has %s."
				.formatted(name, allowed, effective));
		}
		return switch (effective) {
			case EQ -> {
				requireCount(name, effective, values, 1);
				yield values.get(0)::equals;
			}
			case BEGINS_WITH -> {
				requireCount(name, effective, values, 1);
				yield (candidate) -> candidate.startsWith(values.get(0));
			}
			case IN -> values::contains;
			case BETWEEN -> {
				requireCount(name, effective, values, 2);
				yield between(number(name, values.get(0)), number(name, values.get(1)));
			}
		};
	}

	/**
	 * Rejects values that are not constants.
	 */
	static void requireConstants(String name, List<String> values, Enum<?>[] constants) {
		List<String> names = Arrays.stream(constants).map(Enum::name).toList();
		for (String value : values) {
			if (!names.contains(value)) {
				throw RegistryException.invalid(
						"The filter %s takes the values %s, but the request has '%s'.".formatted(name, names, value));
			}
		}
	}

	private static void requireCount(String name, FilterCondition condition, List<String> values, int count) {
		if (values.size() != count) {
			throw RegistryException.invalid("The filter %s with the condition %s takes exactly %s, but there are %d."
				.formatted(name, condition, (count == 1) ? "one value" : "two values", values.size()));
		}
	}

	private static Predicate<String> between(BigDecimal low, BigDecimal high) {
		return (candidate) -> {
			BigDecimal number = new BigDecimal(candidate);
			return number.compareTo(low) >= 0 && number.compareTo(high) <= 0;
		};
	}

	private static BigDecimal number(String name, String value) {
		try {
			return new BigDecimal(value);
		}
		catch (NumberFormatException ex) {
			throw RegistryException
				.invalid("The filter %s takes seconds since 1970, such as '1767225600', but the request has '%s'."
					.formatted(name, value));
		}
	}

}
