package dev.cloudmap.registry.dns.zone;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

import dev.cloudmap.registry.state.model.DomainNames;

/**
 * Creates DNS names from the names of namespaces, services and instances.
 */
final class DnsNames {

	/** The characters with a meaning in the text format of names. */
	private static final Pattern SPECIAL = Pattern.compile("[.@\\\\]");

	private DnsNames() {
	}

	/**
	 * Prepends labels to a name.
	 * @param dotted labels separated by dots; a single dot means no label
	 * @param parent the parent name
	 * @return the name, or null if it is too long
	 */
	static @Nullable Name below(String dotted, Name parent) {
		if (dotted.equals(".")) {
			return parent;
		}
		return labels(List.of(dotted.split("\\.", -1)), parent);
	}

	/**
	 * Returns the name of an instance, which SRV records point to.
	 * @param instanceId the id of the instance
	 * @param service the name of the service
	 * @return the name, or null if it is too long
	 */
	static @Nullable Name ofInstance(String instanceId, Name service) {
		return labels(DomainNames.labels(instanceId), service);
	}

	/**
	 * Returns the name of an instance whose id is one label with escaped dots.
	 * @param instanceId the id of the instance
	 * @param service the name of the service
	 * @return the name, or null if it is too long
	 */
	static @Nullable Name ofInstanceEscaped(String instanceId, Name service) {
		return labels(List.of(instanceId), service);
	}

	/**
	 * Returns the names between two names, without both.
	 */
	static List<Name> between(Name upper, Name lower) {
		List<Name> names = new ArrayList<>();
		for (int labels = upper.labels() + 1; labels < lower.labels(); labels++) {
			names.add(new Name(lower, lower.labels() - labels));
		}
		return names;
	}

	private static @Nullable Name labels(List<String> labels, Name parent) {
		String escaped = labels.stream()
			.map((label) -> SPECIAL.matcher(label).replaceAll("\\\\$0"))
			.collect(Collectors.joining("."));
		try {
			return Name.fromString(escaped, parent);
		}
		catch (TextParseException ex) {
			// A label or the name is too long, or a label is empty.
			return null;
		}
	}

}
