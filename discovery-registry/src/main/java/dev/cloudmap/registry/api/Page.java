package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.RegistryException;

/**
 * One page of a list. A token holds the id of the last element before it, so that pages
 * neither skip nor repeat an element when others come and go in between.
 *
 * @param <T> the type of elements
 * @param elements the elements of this page
 * @param nextToken leads to the next page; null after the last one
 */
record Page<T>(List<T> elements, @Nullable String nextToken) {

	private static final String TOKEN_PREFIX = "after:";

	static <T> Page<T> of(Collection<T> all, Function<T, String> id, @Nullable Integer maxResults,
			@Nullable String token) {
		int size = (maxResults != null) ? maxResults : Patterns.MAX_PAGE;
		String after = (token != null) ? decode(token) : "";
		List<T> rest = all.stream()
			.filter((element) -> id.apply(element).compareTo(after) > 0)
			.sorted(Comparator.comparing(id))
			.limit(size + 1L)
			.toList();
		if (rest.size() <= size) {
			return new Page<>(rest, null);
		}
		List<T> elements = rest.subList(0, size);
		return new Page<>(elements, encode(id.apply(elements.get(size - 1))));
	}

	private static String encode(String id) {
		return Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString((TOKEN_PREFIX + id).getBytes(StandardCharsets.UTF_8));
	}

	private static String decode(String token) {
		try {
			String decoded = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
			if (decoded.startsWith(TOKEN_PREFIX)) {
				return decoded.substring(TOKEN_PREFIX.length());
			}
		}
		catch (IllegalArgumentException ex) {
			// Falls through to the refusal.
		}
		throw RegistryException
			.invalid("NextToken must be one that this registry has given out. Leave it out to begin.");
	}

}
