package dev.cloudmap.registry.dns.zone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import dev.cloudmap.registry.state.model.DomainNames;

/**
 * Makes DNS names out of the registry's names.
 */
final class DnsNames {

	private DnsNames() {
	}

	/**
	 * Returns a name below another.
	 * @param dotted labels with dots between them; a single dot means no label
	 * @param parent the name to put them in front of
	 * @return the name, or null when DNS does not allow its length
	 */
	static @Nullable Name below(String dotted, Name parent) {
		if (dotted.equals(".")) {
			return parent;
		}
		return labels(List.of(dotted.split("\\.", -1)), parent);
	}

	/**
	 * Returns the name of an instance, to which SRV records point.
	 * @param instanceId the instance's id
	 * @param service the service's name
	 * @return the name, or null when DNS does not allow its length
	 */
	static @Nullable Name ofInstance(String instanceId, Name service) {
		return labels(DomainNames.labels(instanceId), service);
	}

	/**
	 * Returns the name of an instance whose id is one label, in which a dot is a
	 * character like any other.
	 * @param instanceId the instance's id
	 * @param service the service's name
	 * @return the name, or null when DNS does not allow its length
	 */
	static @Nullable Name ofInstanceEscaped(String instanceId, Name service) {
		return labels(List.of(instanceId), service);
	}

	/**
	 * Returns the names that are above one and below another.
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
			throw new IllegalStateException("A name was built wrongly: " + labels, ex);
		}
	}

}
