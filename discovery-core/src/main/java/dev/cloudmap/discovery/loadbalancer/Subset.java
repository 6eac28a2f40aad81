package dev.cloudmap.discovery.loadbalancer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

/**
 * Which of a service's instances are called: those whose metadata is as set, or as a
 * request's headers say.
 *
 * @param metadata what instances must have; never null, immutable
 * @param headers the attributes whose values requests say, by the headers; never null,
 * immutable
 */
public record Subset(Map<String, String> metadata, Map<String, String> headers) {

	/** All instances. */
	public static final Subset ALL = new Subset(Map.of(), Map.of());

	public Subset {
		metadata = Map.copyOf(metadata);
		headers = Map.copyOf(headers);
	}

	/**
	 * Whether instances' metadata matters.
	 */
	public boolean isNone() {
		return this.metadata.isEmpty() && this.headers.isEmpty();
	}

	/**
	 * What an instance must have for a request.
	 * @param header the value of the request's header of a name, null if it has none; not
	 * null
	 * @return what it must have; the same metadata where no header says anything
	 */
	@SuppressWarnings("ReferenceEquality")
	Map<String, String> wanted(Function<String, @Nullable String> header) {
		Map<String, String> wanted = this.metadata;
		for (Entry<String, String> rule : this.headers.entrySet()) {
			String value = header.apply(rule.getKey());
			if (value != null) {
				wanted = (wanted == this.metadata) ? new LinkedHashMap<>(wanted) : wanted;
				wanted.put(rule.getValue(), value);
			}
		}
		return wanted;
	}

	/**
	 * Those of the instances that have what is wanted.
	 * @return the instances; empty if none has
	 */
	static List<Candidate> matching(List<Candidate> candidates, Map<String, String> wanted) {
		return wanted.isEmpty() ? candidates
				: candidates.stream().filter((candidate) -> matches(candidate.instance(), wanted)).toList();
	}

	private static boolean matches(ServiceInstance instance, Map<String, String> wanted) {
		Map<String, String> metadata = instance.getMetadata();
		return metadata != null && metadata.entrySet().containsAll(wanted.entrySet());
	}

}
