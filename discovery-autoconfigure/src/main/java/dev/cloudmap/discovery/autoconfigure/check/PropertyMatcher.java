package dev.cloudmap.discovery.autoconfigure.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.autoconfigure.check.PropertyNode.Values;
import dev.cloudmap.discovery.autoconfigure.check.WrittenName.Element;
import dev.cloudmap.discovery.autoconfigure.check.WrittenName.Syntax;
import dev.cloudmap.discovery.loadbalancer.NearestName;

/**
 * Compares a name with the known properties. An element may differ from the known one by
 * one mistake for every three of its letters, as the Rust compiler has it for its own
 * suggestions, and by three at most.
 */
final class PropertyMatcher {

	private static final int LETTERS_PER_MISTAKE = 3;

	private static final int MAX_MISTAKES = 3;

	private final String root;

	private final PropertyNode known;

	/**
	 * Creates a matcher.
	 * @param root the first element of all known properties
	 * @param known what is known below it
	 */
	PropertyMatcher(String root, PropertyNode known) {
		this.root = root;
		this.known = known;
	}

	/**
	 * Compares a name.
	 * @param name the name, which begins with the root
	 */
	Result match(WrittenName name) {
		List<Element> elements = name.elements().subList(1, name.elements().size());
		Match nearest = nearest(this.known, elements, name.syntax(), this.root);
		if (nearest != null && nearest.mistakes() == 0) {
			return new Result(true, List.of());
		}
		if (nearest != null && nearest.property()) {
			return new Result(false, List.of(nearest.path()));
		}
		return new Result(false, List.of());
	}

	private @Nullable Match nearest(PropertyNode node, List<Element> rest, Syntax syntax, String path) {
		if (rest.isEmpty()) {
			return new Match(0, path, !node.isGroup() && node.values() != Values.KEYED);
		}
		Match best = nearestValue(node, rest, syntax, path);
		for (Map.Entry<String, PropertyNode> child : node.children().entrySet()) {
			best = best(best,
					nearestChild(child.getKey(), child.getValue(), rest, syntax, path + "." + child.getKey()));
		}
		return best;
	}

	/**
	 * A child's name may be written as several elements, such as load.balancer, and one
	 * element may be the names of a child and of its own child, such as lookup-refresh.
	 */
	private @Nullable Match nearestChild(String name, PropertyNode child, List<Element> rest, Syntax syntax,
			String path) {
		Match best = null;
		List<String> words = words(name);
		String uniform = WrittenName.uniform(name);
		StringBuilder joined = new StringBuilder();
		for (int count = 1; count <= rest.size() && !rest.get(count - 1).bracketed(); count++) {
			joined.append(rest.get(count - 1).uniform());
			int mistakes = mistakes(joined.toString(), uniform);
			boolean separated = count > 1 && !(syntax == Syntax.ENVIRONMENT && count == words.size());
			if (mistakes == 0 || (mistakes > 0 && count <= words.size())) {
				Match match = nearest(child, rest.subList(count, rest.size()), syntax, path);
				best = best(best, plus(match, mistakes + (separated ? 1 : 0)));
			}
		}
		Element first = rest.get(0);
		if (syntax == Syntax.DOTTED && child.isGroup() && first.uniform().startsWith(uniform)
				&& first.uniform().length() > uniform.length()) {
			List<Element> split = new ArrayList<>(rest);
			split.set(0, Element.of(first.uniform().substring(uniform.length())));
			best = best(best, plus(nearest(child, split, syntax, path), 1));
		}
		return best;
	}

	private @Nullable Match nearestValue(PropertyNode node, List<Element> rest, Syntax syntax, String path) {
		return switch (node.values()) {
			case NONE -> null;
			case INDEXED -> nearestIndex(rest, syntax, path);
			case KEYED ->
				(node.valueGroup() != null) ? nearestKey(node.valueGroup(), rest, syntax, path) : scalarKey(rest, path);
		};
	}

	private static Match scalarKey(List<Element> rest, String path) {
		boolean cut = rest.stream().anyMatch(Element::isCut);
		return new Match(cut ? 1 : 0, path + key(rest), true);
	}

	private @Nullable Match nearestIndex(List<Element> rest, Syntax syntax, String path) {
		Element index = rest.get(0);
		if (rest.size() > 1 || !index.isNumeric()) {
			return null;
		}
		boolean written = index.bracketed() || syntax == Syntax.ENVIRONMENT;
		return new Match(written ? 0 : 1, path + "[" + index.text() + "]", true);
	}

	/** A key of several elements has to be in brackets. */
	private @Nullable Match nearestKey(PropertyNode group, List<Element> rest, Syntax syntax, String path) {
		Match best = null;
		for (int count = 1; count <= rest.size(); count++) {
			List<Element> key = rest.subList(0, count);
			if (count > 1 && key.stream().anyMatch(Element::bracketed)) {
				break;
			}
			Match match = nearest(group, rest.subList(count, rest.size()), syntax, path + key(key));
			best = best(best, plus(match, (count > 1 || key.get(0).isCut()) ? 1 : 0));
		}
		return best;
	}

	private static String key(List<Element> elements) {
		String text = elements.stream().map(Element::text).collect(Collectors.joining("."));
		boolean plain = elements.size() == 1 && !elements.get(0).bracketed() && !elements.get(0).isCut();
		return plain ? "." + text : "[" + text + "]";
	}

	private static List<String> words(String name) {
		return Arrays.asList(name.split("-", -1));
	}

	/** How many mistakes were made; -1 if the names are too different. */
	private static int mistakes(String written, String name) {
		int limit = Math.max(1,
				Math.min(MAX_MISTAKES, Math.max(written.length(), name.length()) / LETTERS_PER_MISTAKE));
		int mistakes = NearestName.distance(written, name);
		return (mistakes <= limit) ? mistakes : -1;
	}

	private static @Nullable Match plus(@Nullable Match match, int mistakes) {
		return (match != null) ? new Match(match.mistakes() + mistakes, match.path(), match.property()) : null;
	}

	private static @Nullable Match best(@Nullable Match one, @Nullable Match other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		boolean better = (one.property() != other.property() && one.mistakes() > 0 && other.mistakes() > 0)
				? other.property() : other.mistakes() < one.mistakes();
		return better ? other : one;
	}

	/**
	 * What a comparison has found.
	 *
	 * @param isKnown whether the name is known
	 * @param suggestions the properties that may have been meant, in dashed form
	 */
	record Result(boolean isKnown, List<String> suggestions) {

		Result {
			suggestions = List.copyOf(suggestions);
		}

	}

	/** A known name; it is a property if it is no mere group of others. */
	private record Match(int mistakes, String path, boolean property) {
	}

}
