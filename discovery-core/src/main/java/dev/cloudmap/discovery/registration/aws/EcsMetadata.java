package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.JsonObjects;

/**
 * Reads the task that this application runs in from the task metadata endpoint of Amazon
 * ECS, version 4. Its answer is cached.
 */
public final class EcsMetadata {

	/**
	 * The environment variable that holds the endpoint's URI.
	 */
	public static final String METADATA_URI = "ECS_CONTAINER_METADATA_URI_V4";

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final MetadataEndpoint endpoint;

	private volatile @Nullable EcsTask task;

	/**
	 * Creates the client.
	 * @param uri the endpoint's URI
	 */
	public EcsMetadata(String uri) {
		this.endpoint = new MetadataEndpoint(uri, TIMEOUT);
	}

	/**
	 * The task.
	 * @throws DiscoveryException if the endpoint does not answer as documented
	 */
	EcsTask task() {
		EcsTask known = this.task;
		if (known == null) {
			known = fetch();
			this.task = known;
		}
		return known;
	}

	/**
	 * Reads it again next time: the application may run elsewhere by then.
	 */
	void forget() {
		this.task = null;
	}

	private EcsTask fetch() {
		try {
			Map<String, Object> container = get("");
			Map<String, Object> task = get("/task");
			String arn = string(task, "TaskARN");
			if (arn == null) {
				throw new IOException("no TaskARN in " + task.keySet());
			}
			List<?> networks = list(container, "Networks");
			Map<?, ?> network = (!networks.isEmpty() && networks.get(0) instanceof Map<?, ?> first) ? first : Map.of();
			List<String> addresses = new ArrayList<>();
			list(network, "IPv4Addresses").forEach((address) -> addresses.add(String.valueOf(address)));
			list(network, "IPv6Addresses").forEach((address) -> addresses.add(String.valueOf(address)));
			String cluster = string(task, "Cluster");
			return new EcsTask(arn, string(task, "AvailabilityZone"),
					(cluster != null) ? cluster.substring(cluster.lastIndexOf('/') + 1) : null,
					string(task, "ServiceName"), string(task, "Family"), string(task, "LaunchType"),
					String.valueOf(network.get("NetworkMode")), addresses, publishedPorts(container));
		}
		catch (IOException ex) {
			throw new DiscoveryException("The ECS task metadata at " + this.endpoint + " can't be read: " + ex,
					"Correct " + METADATA_URI + ", which the ECS agent sets, or unset it", ex);
		}
	}

	private Map<String, Object> get(String path) throws IOException {
		String body = this.endpoint.send("GET", path, Map.of()).orElseThrow(() -> new IOException("status 404"));
		return JsonObjects.read(body);
	}

	/**
	 * The first mapping of each port: one over IPv6 leads to the same container.
	 */
	private static Map<Integer, Integer> publishedPorts(Map<?, ?> container) {
		Map<Integer, Integer> ports = new HashMap<>();
		for (Object mapping : list(container, "Ports")) {
			if (mapping instanceof Map<?, ?> fields && fields.get("ContainerPort") instanceof Number ofContainer
					&& fields.get("HostPort") instanceof Number ofHost && ofHost.intValue() > 0
					&& !"udp".equals(fields.get("Protocol"))) {
				ports.putIfAbsent(ofContainer.intValue(), ofHost.intValue());
			}
		}
		return ports;
	}

	private static List<?> list(Map<?, ?> json, String key) {
		return (json.get(key) instanceof List<?> list) ? list : List.of();
	}

	private static @Nullable String string(Map<?, ?> json, String key) {
		Object value = json.get(key);
		return (value != null && !value.toString().isEmpty()) ? value.toString() : null;
	}

}
