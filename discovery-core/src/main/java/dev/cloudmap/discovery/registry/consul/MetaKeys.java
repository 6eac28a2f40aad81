package dev.cloudmap.discovery.registry.consul;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Stores attributes in the metadata of a Consul service, whose keys have fewer characters
 * than attributes: a dot becomes two hyphens, as in {@code discovery--lease}. A key that
 * can't be read back like this is not stored.
 */
final class MetaKeys {

	/** The limits of Consul (agent/structs, validateMetaPair). */
	static final int MAX_PAIRS = 64;

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

	private static final int MAX_VALUE = 512;

	/** The prefix that Consul reserves. */
	private static final String RESERVED = "consul-";

	private static final String DOT = "--";

	private MetaKeys() {
	}

	/**
	 * Returns the metadata for attributes.
	 * @param attributes the attributes
	 * @param omitted receives the attributes that Consul can't hold
	 */
	static Map<String, String> encode(Map<String, String> attributes, Map<String, String> omitted) {
		Map<String, String> meta = new LinkedHashMap<>();
		attributes.forEach((name, value) -> {
			String key = encode(name);
			if (key != null && value.length() <= MAX_VALUE && meta.size() < MAX_PAIRS) {
				meta.put(key, value);
			}
			else {
				omitted.put(name, value);
			}
		});
		return meta;
	}

	/**
	 * Returns the attributes in metadata.
	 */
	static Map<String, String> decode(Map<String, String> meta) {
		Map<String, String> attributes = new LinkedHashMap<>();
		meta.forEach((key, value) -> attributes.put(decode(key), value));
		return attributes;
	}

	private static @Nullable String encode(String name) {
		String key = name.replace(".", DOT);
		return (KEY.matcher(key).matches() && !key.startsWith(RESERVED) && decode(key).equals(name)) ? key : null;
	}

	private static String decode(String key) {
		return key.replace(DOT, ".");
	}

}
