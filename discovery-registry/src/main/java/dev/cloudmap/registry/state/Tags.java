package dev.cloudmap.registry.state;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tags of a namespace or a service.
 *
 * @param values their values by their keys
 */
public record Tags(Map<String, String> values) {

	/** No tags. */
	public static final Tags NONE = new Tags(Map.of());

	/** The most tags that one resource can have. */
	static final int MAX = 50;

	/** Keys that begin so, in any case, are the service's own. */
	private static final String RESERVED_PREFIX = "aws:";

	public Tags {
		values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
	}

	/**
	 * Returns these tags and others, which take the place of those with the same keys.
	 * @param added the others
	 * @param resource what has the tags, for the refusal
	 * @return all of them
	 * @throws RegistryException when a key is reserved, or there are too many
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
			throw new RegistryException(Fault.TOO_MANY_TAGS,
					"A resource can have at most %d tags, but '%s' would have %d.".formatted(MAX, resource, all.size()))
				.with("ResourceName", resource);
		}
		return new Tags(all);
	}

	Tags without(Collection<String> keys) {
		Map<String, String> rest = new LinkedHashMap<>(this.values);
		rest.keySet().removeAll(keys);
		return new Tags(rest);
	}

}
