package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;

/**
 * Selects the instances of a service that are called, by their metadata. A rule that
 * matches no instance is ignored.
 *
 * @param metadata the required metadata
 * @param headers names of attributes by names of request headers: a header's value
 * replaces the required value of the attribute
 */
public record Subset(Map<String, String> metadata, Map<String, String> headers) {

	/** All instances. */
	public static final Subset ALL = new Subset(Map.of(), Map.of());

	public Subset {
		metadata = Map.copyOf(metadata);
		headers = Map.copyOf(headers);
	}

	/**
	 * The required metadata for a request.
	 * @param header the value of a header of the request by its name
	 * @return the metadata; the same object if no header changes it
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
	 * The candidates with the given metadata.
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
