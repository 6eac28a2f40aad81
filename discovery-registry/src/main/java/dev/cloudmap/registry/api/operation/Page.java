package dev.cloudmap.registry.api.operation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.Patterns;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * One page of a list. A token holds the id of the last element before it, so that pages
 * neither skip nor repeat an element when others come and go in between.
 *
 * @param <T> the type of elements
 * @param elements the elements of this page
 * @param nextToken leads to the next page; null after the last one
 */
record Page<T>(List<T> elements, @Nullable String nextToken) {

	static <T> Page<T> of(Collection<T> all, Function<T, String> id, Request request) {
		int size = (request.maxResults() != null) ? request.maxResults() : Patterns.MAX_PAGE;
		String after = request.after();
		List<T> rest = all.stream()
			.filter((element) -> id.apply(element).compareTo(after) > 0)
			.sorted(Comparator.comparing(id))
			.limit(size + 1L)
			.toList();
		if (rest.size() <= size) {
			return new Page<>(rest, null);
		}
		List<T> elements = rest.subList(0, size);
		return new Page<>(elements, request.tokenAfter(id.apply(elements.get(size - 1))));
	}

	/**
	 * Which page of which list is wanted. A token is taken back only for the list that it
	 * was given out for; the size of pages may change from one to the next.
	 *
	 * @param list what tells the list from others: the operation, what the list is of and
	 * its filters
	 * @param maxResults the size of the page; null means the largest there is
	 * @param token the token of the page before; null means the first page
	 */
	record Request(List<?> list, @Nullable Integer maxResults, @Nullable String token) {

		private String after() {
			return (this.token != null) ? decode(this.token) : "";
		}

		private String tokenAfter(String id) {
			return Base64.getUrlEncoder()
				.withoutPadding()
				.encodeToString((prefix() + id).getBytes(StandardCharsets.UTF_8));
		}

		/**
		 * A checksum is enough: the token protects against a mistake, and holds no
		 * secret.
		 */
		private String prefix() {
			CRC32C checksum = new CRC32C();
			checksum.update(this.list.toString().getBytes(StandardCharsets.UTF_8));
			return "after:%08x:".formatted(checksum.getValue());
		}

		private String decode(String token) {
			try {
				String decoded = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
				if (decoded.startsWith(prefix())) {
					return decoded.substring(prefix().length());
				}
			}
			catch (IllegalArgumentException ex) {
				// Falls through to the refusal.
			}
			throw RegistryException
				.invalid("NextToken must be one that this registry has given out for the same operation, resource and "
						+ "filters; MaxResults may differ. Leave it out to begin.");
		}

	}

}
