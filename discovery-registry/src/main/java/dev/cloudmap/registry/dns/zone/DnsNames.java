package dev.cloudmap.registry.dns.zone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import dev.cloudmap.registry.state.model.DomainNames;

/**
 * Creates DNS names from the names of namespaces, services and instances.
 */
final class DnsNames {

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
		byte[] tail = parent.toWire();
		int length = tail.length;
		for (String label : labels) {
			if (label.isEmpty() || label.length() > DomainNames.MAX_LABEL) {
				return null;
			}
			length += label.length() + 1;
		}
		if (length > DomainNames.MAX_WIRE_NAME) {
			return null;
		}
		byte[] wire = new byte[length];
		int position = 0;
		for (String label : labels) {
			byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
			wire[position++] = (byte) bytes.length;
			System.arraycopy(bytes, 0, wire, position, bytes.length);
			position += bytes.length;
		}
		System.arraycopy(tail, 0, wire, position, tail.length);
		try {
			return new Name(wire);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Invalid name: " + labels, ex);
		}
	}

}
