package dev.cloudmap.discovery.catalog.entry;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

/**
 * The text format of a snapshot: a line with the version of the format; for each service
 * a line with namespace, name and confirmation time, followed by a line with id, host,
 * port, health and attributes for each of its instances; and a final line. Words are
 * URL-encoded and separated by blanks.
 */
public final class SnapshotFormat {

	/** The start of the first line in every version. */
	public static final String NAME = "discovery-snapshot";

	/** The source of instance sets from a snapshot. */
	static final String SOURCE = "snapshot";

	/** The maximum size of a snapshot; a larger file is rejected. */
	static final int MAX_BYTES = 16 << 20;

	private static final String HEADER = NAME + " 1";

	private static final String SERVICE = "service";

	private static final String INSTANCE = "instance";

	private static final String END = "end";

	private SnapshotFormat() {
	}

	/**
	 * Formats entries, as many as the size allows.
	 */
	static String write(Collection<CatalogEntry> entries) {
		StringBuilder text = new StringBuilder(HEADER).append('\n');
		for (CatalogEntry entry : entries) {
			String service = write(entry);
			// the text is ASCII
			if (text.length() + service.length() + END.length() < MAX_BYTES) {
				text.append(service);
			}
		}
		return text.append(END).append('\n').toString();
	}

	private static String write(CatalogEntry entry) {
		ServiceName service = entry.set().service();
		StringBuilder text = new StringBuilder(
				line(List.of(SERVICE, service.namespace().name(), service.name(), entry.confirmed().toString())));
		for (Instance instance : entry.set().instances()) {
			List<String> words = new ArrayList<>(List.of(INSTANCE, instance.id(), instance.host(),
					Integer.toString(instance.port()), instance.health().name()));
			instance.attributes().forEach((key, value) -> words.addAll(List.of(key, value)));
			text.append(line(words));
		}
		return text.toString();
	}

	private static String line(List<String> words) {
		return words.stream()
			.map((word) -> URLEncoder.encode(word, StandardCharsets.UTF_8))
			.collect(Collectors.joining(" ", "", "\n"));
	}

	/**
	 * Parses entries.
	 * @return the entries by service
	 * @throws RuntimeException if the text is not a complete snapshot
	 */
	public static Map<ServiceName, CatalogEntry> read(String text) {
		Map<ServiceName, CatalogEntry> entries = new LinkedHashMap<>();
		List<String> lines = text.lines().toList();
		if (lines.size() < 2 || !lines.get(0).equals(HEADER) || !lines.get(lines.size() - 1).equals(END)) {
			throw new IllegalArgumentException(
					"expected a first line '" + HEADER + "' and a last line '" + END + "', found something else");
		}
		int next = 1;
		while (next < lines.size() - 1) {
			List<String> service = words(lines.get(next++), SERVICE, 4);
			ServiceName name = new ServiceName(new Namespace(service.get(1)), service.get(2));
			List<Instance> instances = new ArrayList<>();
			while (lines.get(next).startsWith(INSTANCE + " ")) {
				instances.add(instance(name, words(lines.get(next++), INSTANCE, 5)));
			}
			entries.put(name, CatalogEntry.of(new InstanceSet(name, instances, SOURCE), Instant.parse(service.get(3))));
		}
		return entries;
	}

	private static Instance instance(ServiceName service, List<String> words) {
		Map<String, String> attributes = new LinkedHashMap<>();
		for (int i = 5; i < words.size(); i += 2) {
			attributes.put(words.get(i), words.get(i + 1));
		}
		return new Instance(service, words.get(1), words.get(2), Integer.parseInt(words.get(3)),
				HealthStatus.valueOf(words.get(4)), attributes);
	}

	private static List<String> words(String line, String kind, int atLeast) {
		List<String> words = Stream.of(line.split(" ", -1))
			.map((word) -> URLDecoder.decode(word, StandardCharsets.UTF_8))
			.toList();
		if (!words.get(0).equals(kind) || words.size() < atLeast) {
			throw new IllegalArgumentException("expected a line '" + kind + " ...', found '" + line + "'");
		}
		return words;
	}

}
