package dev.cloudmap.registry.api.operation;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.FilterCondition;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * The conditions of list filters.
 */
final class ListFilters {

	private ListFilters() {
	}

	/**
	 * Returns what a filter lets pass.
	 * @param name the filter's name
	 * @param values its values
	 * @param condition its condition; null means EQ, or the only one that is allowed
	 * @param allowed the conditions that make sense for the name
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
	 * Refuses values that nothing can ever have.
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
