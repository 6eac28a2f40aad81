package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Checks that answers contain the members that the Cloud Map API reference requires, and
 * that they stay within the limits of Cloud Map. Immutable.
 *
 * @param location the name of the registry in messages
 */
public record Answers(String location) {

	/**
	 * The maximum length of a text. Cloud Map's ids, names and tokens have at most a few
	 * hundred characters.
	 */
	static final int MAX_TEXT = 4096;

	/**
	 * The maximum number of pages of a list. A page of Cloud Map has up to 100 entries.
	 */
	public static final int MAX_PAGES = 100;

	/**
	 * The maximum number of entries in all pages of a list. AWS allows fewer services in
	 * a namespace, and fewer namespaces in a Region.
	 */
	public static final int MAX_LISTED = 10_000;

	/**
	 * Returns a required member of an answer.
	 * @param operation the operation that was called
	 * @param member the path of the member in the answer
	 * @param value the member's value
	 * @throws UnexpectedAnswerException if the member is missing
	 */
	public <T> T require(CloudMapOperation operation, String member, @Nullable T value) {
		if (value == null) {
			throw unexpected(operation, member, "none");
		}
		return value;
	}

	/**
	 * Returns a required text of an answer.
	 * @throws UnexpectedAnswerException if the text is missing, empty or too long
	 */
	public String requireText(CloudMapOperation operation, String member, @Nullable String value) {
		String text = require(operation, member, value);
		if (text.isEmpty() || text.length() > MAX_TEXT) {
			throw unexpected(operation, member + " of 1 to " + MAX_TEXT + " characters", text.length() + " characters");
		}
		return text;
	}

	/**
	 * Returns a required list of an answer.
	 * @param has whether the answer contains the list; the SDK replaces a missing list
	 * with an empty one
	 * @param max the maximum number of entries
	 * @throws UnexpectedAnswerException if the list is missing or has more entries
	 */
	public <T> List<T> requireList(CloudMapOperation operation, String member, boolean has, List<T> value, int max) {
		List<T> list = require(operation, member, has ? value : null);
		if (list.size() > max) {
			throw unexpected(operation, "at most " + max + " " + member, String.valueOf(list.size()));
		}
		return list;
	}

	/**
	 * Collects the entries of all pages of a list.
	 * @param operation the operation, for messages
	 * @param pages fetches the page for a token; a null token means the first page
	 * @throws UnexpectedAnswerException if there are more than {@value #MAX_PAGES} pages
	 * or {@value #MAX_LISTED} entries, or if a token repeats
	 */
	public <T> List<T> collect(CloudMapOperation operation, Function<@Nullable String, Page<T>> pages) {
		List<T> found = new ArrayList<>();
		String token = null;
		for (int i = 0; i < MAX_PAGES; i++) {
			Page<T> page = pages.apply(token);
			found.addAll(page.entries());
			if (found.size() > MAX_LISTED) {
				throw unexpected(operation, "at most " + MAX_LISTED + " entries", "more");
			}
			String next = page.next();
			if (next == null || next.isEmpty()) {
				return found;
			}
			if (next.equals(token)) {
				throw unexpected(operation, "another NextToken after each page", "the same twice");
			}
			token = requireText(operation, "NextToken", next);
		}
		throw unexpected(operation, "at most " + MAX_PAGES + " pages", "more");
	}

	UnexpectedAnswerException unexpected(CloudMapOperation operation, String expected, String found) {
		return new UnexpectedAnswerException(this.location, operation.apiName(), expected, found, null);
	}

	/**
	 * A page of a list.
	 *
	 * @param entries the entries of the page
	 * @param next the token of the next page; null or empty on the last page
	 */
	public record Page<T>(List<T> entries, @Nullable String next) {
	}

}
