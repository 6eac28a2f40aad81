package dev.cloudmap.registry.api.operation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.RegistryException;

/**
 * A page of a list. A token contains the id of the last element of the page before, so
 * that pages neither skip nor repeat elements when others are added or removed.
 *
 * @param <T> the type of elements
 * @param elements the elements of this page
 * @param nextToken the token of the next page; null on the last page
 */
record Page<T>(List<T> elements, @Nullable String nextToken) {

	private static final int MAX_SIZE = 100;

	static <T> Page<T> of(Collection<T> all, Function<T, String> id, Request request) {
		int size = (request.maxResults() != null) ? request.maxResults() : MAX_SIZE;
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
	 * The request for a page. A token is valid only for its list; the size of pages can
	 * change.
	 *
	 * @param list identifies the list: operation, resource and filters
	 * @param maxResults the size of the page; null for the maximum
	 * @param token the token of the page; null for the first page
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
		 * A checksum detects mistakes. The token contains no secret.
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
				// Handled below.
			}
			throw RegistryException
				.invalid("NextToken must be one that this registry has given out for the same operation, resource and "
						+ "filters; MaxResults may differ. Remove it to start with the first page.");
		}

	}

}
