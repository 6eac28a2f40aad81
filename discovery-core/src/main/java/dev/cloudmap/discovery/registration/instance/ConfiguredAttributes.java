package dev.cloudmap.discovery.registration.instance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;

/**
 * The attributes that the user has configured: metadata, which are read again each time,
 * named ports, and tags.
 */
public final class ConfiguredAttributes implements RegistrationCustomizer {

	private static final String PORTS = "discovery.registration.ports";

	private static final String TAGS = "discovery.registration.tags";

	private static final String METADATA = "discovery.registration.metadata";

	private final Supplier<Map<String, String>> metadata;

	/** The attributes that do not change: ports and tags. */
	private final Map<String, String> constant = new LinkedHashMap<>();

	/**
	 * Creates the attributes and validates them.
	 * @param metadata reads the metadata
	 * @param ports further ports, by their names
	 * @param tags the tags of the instance
	 * @throws DiscoveryException if one of them is not valid
	 */
	public ConfiguredAttributes(Supplier<Map<String, String>> metadata, Map<String, Integer> ports, List<String> tags) {
		this.metadata = metadata;
		this.constant.putAll(ports(ports));
		AttributeLimits.check(PORTS, this.constant);
		String joined = InstanceAttributes.joinTags(tags);
		if (!joined.isEmpty()) {
			AttributeLimits.check(TAGS, Map.of(InstanceAttributes.TAGS, joined));
			this.constant.put(InstanceAttributes.TAGS, joined);
		}
		customize(new LinkedHashMap<>());
	}

	private static Map<String, String> ports(Map<String, Integer> ports) {
		Map<String, String> attributes = new LinkedHashMap<>();
		ports.forEach((name, port) -> attributes.put(InstanceAttributes.PORT_PREFIX + name,
				Integer.toString(ServerPort.require(PORTS + "." + name, port))));
		return attributes;
	}

	@Override
	public void customize(Map<String, String> attributes) {
		Map<String, String> current = this.metadata.get();
		AttributeLimits.check(METADATA, current);
		attributes.putAll(this.constant);
		attributes.putAll(current);
	}

}
