package dev.cloudmap.discovery.registry.cloudmap;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Checks that answers have the members that the Cloud Map API reference names, and no
 * more of them than Cloud Map sends. Immutable.
 *
 * @param location what to call the registry in messages
 */
record Answers(String location) {

	/** Ids, names and tokens of Cloud Map have a few hundred characters at most. */
	static final int MAX_TEXT = 4096;

	/** A page of Cloud Map has up to 100 entries. */
	static final int MAX_PAGES = 100;

	/**
	 * The most entries of all pages of one list. AWS allows fewer services in a
	 * namespace, and fewer namespaces in a region.
	 */
	static final int MAX_LISTED = 10_000;

	/**
	 * Returns a member that every such answer has.
	 * @param operation the operation that was answered
	 * @param member the member's name, with those of the members that it is in
	 * @param value its value
	 * @throws UnexpectedAnswerException if the answer does not have it
	 */
	<T> T require(CloudMapOperation operation, String member, @Nullable T value) {
		if (value == null) {
			throw unexpected(operation, member, "none");
		}
		return value;
	}

	/**
	 * Returns a text that every such answer has.
	 * @throws UnexpectedAnswerException if the answer does not have it, or it is empty or
	 * too long
	 */
	String requireText(CloudMapOperation operation, String member, @Nullable String value) {
		String text = require(operation, member, value);
		if (text.isEmpty() || text.length() > MAX_TEXT) {
			throw unexpected(operation, member + " of 1 to " + MAX_TEXT + " characters", text.length() + " characters");
		}
		return text;
	}

	/**
	 * Returns a list that every such answer has.
	 * @param has whether the answer has it; the SDK replaces a missing list by an empty
	 * one
	 * @param max how many entries it may have
	 * @throws UnexpectedAnswerException if the answer does not have it, or it has more
	 * entries
	 */
	<T> List<T> requireList(CloudMapOperation operation, String member, boolean has, List<T> value, int max) {
		List<T> list = require(operation, member, has ? value : null);
		if (list.size() > max) {
			throw unexpected(operation, "at most " + max + " " + member, String.valueOf(list.size()));
		}
		return list;
	}

	/**
	 * Collects the entries of all pages of a list.
	 * @param operation the operation, for messages
	 * @param pages fetches the page that a token names, the first one if that is null
	 * @throws UnexpectedAnswerException if there are more pages or entries than Cloud Map
	 * has, or the pages have no end
	 */
	<T> List<T> collect(CloudMapOperation operation, Function<@Nullable String, Page<T>> pages) {
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
	 * @param entries its entries
	 * @param next the token of the next page; null or empty if this is the last
	 */
	record Page<T>(List<T> entries, @Nullable String next) {
	}

}
