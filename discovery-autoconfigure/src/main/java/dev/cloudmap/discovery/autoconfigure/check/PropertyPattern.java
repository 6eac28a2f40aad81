package dev.cloudmap.discovery.autoconfigure.check;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.autoconfigure.check.SetProperty.Element;
import dev.cloudmap.discovery.loadbalancer.call.NearestName;

/**
 * Compares names with a pattern of elements in dashed form, such as
 * {@code discovery.lookup.services.*.port}. An element may have one mistake for every
 * three letters, and at most three.
 */
final class PropertyPattern {

	/** One key of a map. A key with dots must be in brackets. */
	static final String KEY = "*";

	/** A key of one or more elements, at the end. */
	static final String ANY = "**";

	/** The index of a list, at the end. */
	static final String INDEX = "#";

	private static final int LETTERS_PER_MISTAKE = 3;

	private static final int MAX_MISTAKES = 3;

	private PropertyPattern() {
	}

	/**
	 * Compares the name of a property with a pattern.
	 * @param pattern the pattern
	 * @param property the property
	 * @return the match; null if the name differs too much
	 */
	static @Nullable Match match(String pattern, SetProperty property) {
		Match match = match(List.of(pattern.split("\\.")), property.elements(), new Match(0, ""), property);
		boolean sameLetters = match == null && pattern.indexOf('*') < 0
				&& SetProperty.letters(pattern).equals(property.letters());
		return sameLetters ? new Match(1, pattern) : match;
	}

	private static @Nullable Match match(List<String> pattern, List<Element> rest, Match before, SetProperty property) {
		if (rest.isEmpty()) {
			// a group has no value: a mistyped name does not mean it
			return (pattern.isEmpty() || before.mistakes() == 0) ? before : null;
		}
		if (pattern.isEmpty()) {
			return null;
		}
		return switch (pattern.get(0)) {
			case INDEX -> index(rest, before);
			case ANY -> before.and(0, key(rest));
			case KEY -> key(pattern, rest, before, property);
			default -> literal(pattern, rest, before, property);
		};
	}

	private static @Nullable Match index(List<Element> rest, Match before) {
		Element index = rest.get(0);
		boolean numeric = rest.size() == 1 && index.text().matches("\\d+");
		return numeric ? before.and(index.bracketed() ? 0 : 1, "[" + index.text() + "]") : null;
	}

	private static @Nullable Match key(List<String> pattern, List<Element> rest, Match before, SetProperty property) {
		Match best = null;
		for (int count = 1; count <= rest.size(); count++) {
			List<Element> key = rest.subList(0, count);
			if (count > 1 && key.stream().anyMatch(Element::bracketed)) {
				break;
			}
			best = best(best, match(pattern.subList(1, pattern.size()), rest.subList(count, rest.size()),
					before.and((count > 1) ? 1 : 0, key(key)), property));
		}
		return best;
	}

	private static String key(List<Element> elements) {
		String text = elements.stream().map(Element::text).collect(Collectors.joining("."));
		return (elements.size() == 1 && !elements.get(0).bracketed()) ? "." + text : "[" + text + "]";
	}

	/** A name may be split into several elements, such as load.balancer. */
	private static @Nullable Match literal(List<String> pattern, List<Element> rest, Match before,
			SetProperty property) {
		Match best = null;
		String name = pattern.get(0);
		int words = name.split("-").length;
		StringBuilder written = new StringBuilder();
		for (int count = 1; count <= rest.size() && !rest.get(count - 1).bracketed(); count++) {
			written.append(rest.get(count - 1).letters());
			int mistakes = mistakes(written.toString(), SetProperty.letters(name));
			if (mistakes == 0 || (mistakes > 0 && count <= words)) {
				boolean separated = count > 1 && !(property.isVariable() && count == words);
				Match match = before.and(mistakes + (separated ? 1 : 0), before.path().isEmpty() ? name : "." + name);
				best = best(best,
						match(pattern.subList(1, pattern.size()), rest.subList(count, rest.size()), match, property));
			}
		}
		return best;
	}

	/** Returns the number of mistakes; -1 if the names differ too much. */
	private static int mistakes(String written, String name) {
		int length = Math.max(written.length(), name.length());
		int limit = Math.max(1, Math.min(MAX_MISTAKES, length / LETTERS_PER_MISTAKE));
		int mistakes = NearestName.distance(written, name);
		return (mistakes <= limit) ? mistakes : -1;
	}

	private static @Nullable Match best(@Nullable Match one, @Nullable Match other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (other.mistakes() < one.mistakes()) ? other : one;
	}

	/**
	 * The result of a comparison.
	 *
	 * @param mistakes the number of mistakes
	 * @param path the name without mistakes
	 */
	record Match(int mistakes, String path) {

		private Match and(int moreMistakes, String morePath) {
			return new Match(this.mistakes + moreMistakes, this.path + morePath);
		}

	}

}
