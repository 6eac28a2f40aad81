package dev.cloudmap.discovery.registry.consul;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;

/**
 * The datacenters of namespaces. Consul has no namespaces: the namespace is the part of a
 * DNS name after the service, {@code service.<domain>} or
 * {@code service.<datacenter>.<domain>}.
 *
 * @param domain Consul's DNS domain
 * @param datacenter the datacenter of a namespace without one; null for the agent's
 */
record ConsulNames(String domain, @Nullable String datacenter) {

	/** The label between the service and the domain. */
	static final String LABEL = "service";

	/** The names that Consul accepts for a datacenter. */
	private static final Pattern DATACENTER = Pattern.compile("[a-z0-9_-]+");

	/**
	 * Returns the datacenter of a namespace.
	 * @return the datacenter; null for the agent's
	 * @throws DiscoveryException if the namespace is not one of Consul's
	 */
	@Nullable String datacenter(Namespace namespace) {
		String name = namespace.name().toLowerCase(Locale.ROOT);
		String suffix = "." + this.domain.toLowerCase(Locale.ROOT);
		if (name.equals(LABEL + suffix)) {
			return this.datacenter;
		}
		if (name.startsWith(LABEL + ".") && name.length() > LABEL.length() + 1 + suffix.length()
				&& name.endsWith(suffix)) {
			Matcher found = DATACENTER.matcher(name.substring(LABEL.length() + 1, name.length() - suffix.length()));
			if (found.matches()) {
				return found.group();
			}
		}
		throw new DiscoveryException(
				"Consul has no namespace '" + namespace + "': expected " + LABEL + suffix + " or " + LABEL
						+ ".<datacenter>" + suffix,
				"Remove discovery.namespace to use the first one, or set discovery.consul.domain", null);
	}

}
