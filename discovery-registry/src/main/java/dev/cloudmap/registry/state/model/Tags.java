package dev.cloudmap.registry.state.model;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tags of a namespace or a service.
 *
 * @param values the values by key
 */
public record Tags(Map<String, String> values) {

	/** No tags. */
	public static final Tags NONE = new Tags(Map.of());

	/** The maximum number of tags of a resource. */
	static final int MAX = 50;

	/** The prefix of reserved keys, in any case. */
	private static final String RESERVED_PREFIX = "aws:";

	public Tags {
		values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
	}

	/**
	 * Adds tags, which replace tags with the same keys.
	 * @param added the tags to add
	 * @param resource the resource, for error messages
	 * @return all tags
	 * @throws RegistryException if a key is reserved or there are too many tags
	 */
	public Tags with(Map<String, String> added, String resource) {
		for (String key : added.keySet()) {
			if (key.regionMatches(true, 0, RESERVED_PREFIX, 0, RESERVED_PREFIX.length())) {
				throw RegistryException.invalid("The tag key '%s' begins with '%s', which is reserved. Choose another."
					.formatted(key, RESERVED_PREFIX));
			}
		}
		Map<String, String> all = new LinkedHashMap<>(this.values);
		all.putAll(added);
		if (all.size() > MAX) {
			throw new RegistryException(ErrorType.TOO_MANY_TAGS,
					"A resource can have at most %d tags, but '%s' would have %d.".formatted(MAX, resource, all.size()))
				.with("ResourceName", resource);
		}
		return new Tags(all);
	}

	/**
	 * Removes tags.
	 * @param keys the keys of the tags to remove
	 * @return the remaining tags
	 */
	public Tags without(Collection<String> keys) {
		Map<String, String> rest = new LinkedHashMap<>(this.values);
		rest.keySet().removeAll(keys);
		return new Tags(rest);
	}

}
