package dev.cloudmap.registry.api;

import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.RegistryException;

/**
 * The conditions of list filters.
 */
final class Filters {

	private Filters() {
	}

	/**
	 * Returns what a filter lets pass.
	 * @param name the filter's name
	 * @param values its values
	 * @param condition its condition; null means EQ
	 * @param allowed the conditions that make sense for the name
	 */
	static Predicate<String> of(String name, List<String> values, @Nullable String condition, List<Condition> allowed) {
		Condition effective = (condition != null) ? Condition.valueOf(condition) : Condition.EQ;
		if (!allowed.contains(effective)) {
			throw RegistryException.invalid("The filter %s takes the conditions %s, but the request has %s."
				.formatted(name, allowed, effective));
		}
		if (values.size() != 1) {
			throw RegistryException.invalid("The filter %s with the condition %s takes exactly one value, not %d."
				.formatted(name, effective, values.size()));
		}
		String value = values.get(0);
		return (effective == Condition.BEGINS_WITH) ? (candidate) -> candidate.startsWith(value) : value::equals;
	}

	/**
	 * How a filter compares.
	 */
	enum Condition {

		EQ, IN, BETWEEN, BEGINS_WITH

	}

}
