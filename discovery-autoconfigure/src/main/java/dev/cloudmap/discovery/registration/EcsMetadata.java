package dev.cloudmap.discovery.registration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registration.HostResolver.ResolvedHost;

/**
 * Asks the task metadata endpoint of Amazon ECS, version 4, for the task that this
 * application runs in: its address, and the attributes that Amazon ECS itself would give
 * to the instance. Asks once, when something is first wanted of it.
 */
public final class EcsMetadata implements RegistrationCustomizer {

	/**
	 * The environment variable that holds the endpoint's URI.
	 */
	public static final String METADATA_URI = "ECS_CONTAINER_METADATA_URI_V4";

	private static final String CLUSTER_ATTRIBUTE = "ECS_CLUSTER_NAME";

	private static final String FAMILY_ATTRIBUTE = "ECS_TASK_DEFINITION_FAMILY";

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final String uri;

	private volatile @Nullable Task task;

	/**
	 * Creates the client.
	 * @param uri the endpoint's URI; not null
	 */
	public EcsMetadata(String uri) {
		this.uri = uri;
	}

	/**
	 * The task.
	 * @throws DiscoveryException if the endpoint does not answer as documented
	 */
	Task task() {
		Task known = this.task;
		if (known == null) {
			known = fetch();
			this.task = known;
		}
		return known;
	}

	/**
	 * The task's own address; null where it has none (network modes bridge and host).
	 */
	public @Nullable ResolvedHost host() {
		String address = task().address();
		return (address != null) ? new ResolvedHost(address, "address of ECS task " + task().id()) : null;
	}

	@Override
	public void customize(Map<String, String> attributes) {
		putIfKnown(attributes, InstanceAttributes.AVAILABILITY_ZONE, task().zone());
		putIfKnown(attributes, CLUSTER_ATTRIBUTE, task().cluster());
		putIfKnown(attributes, FAMILY_ATTRIBUTE, task().family());
	}

	private static void putIfKnown(Map<String, String> attributes, String name, @Nullable String value) {
		if (value != null) {
			attributes.putIfAbsent(name, value);
		}
	}

	private Task fetch() {
		HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
		try {
			Map<String, Object> container = get(client, this.uri);
			Map<String, Object> task = get(client, this.uri + "/task");
			String arn = string(task, "TaskARN");
			if (arn == null) {
				throw new IOException("no TaskARN in " + task.keySet());
			}
			return new Task(arn.substring(arn.lastIndexOf('/') + 1), address(container),
					string(task, "AvailabilityZone"), string(task, "Cluster"), string(task, "Family"));
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new DiscoveryException("The ECS task metadata at " + this.uri + " can't be read: " + ex,
					"Correct " + METADATA_URI + ", which the ECS agent sets, or unset it", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new DiscoveryException("Interrupted while reading the ECS task metadata", ex);
		}
	}

	private static Map<String, Object> get(HttpClient client, String uri) throws IOException, InterruptedException {
		HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(uri)).timeout(TIMEOUT).build(),
				HttpResponse.BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IOException("status " + response.statusCode());
		}
		return JsonParserFactory.getJsonParser().parseMap(response.body());
	}

	private static @Nullable String address(Map<String, Object> container) {
		if (container.get("Networks") instanceof List<?> networks && !networks.isEmpty()
				&& networks.get(0) instanceof Map<?, ?> network && "awsvpc".equals(network.get("NetworkMode"))
				&& network.get("IPv4Addresses") instanceof List<?> addresses && !addresses.isEmpty()) {
			return String.valueOf(addresses.get(0));
		}
		return null;
	}

	private static @Nullable String string(Map<String, Object> json, String key) {
		Object value = json.get(key);
		return (value != null) ? value.toString() : null;
	}

	/**
	 * A task of Amazon ECS.
	 *
	 * @param id the last part of its ARN; never null
	 * @param address its own IPv4 address; null where it has none of its own (network
	 * modes bridge and host)
	 * @param zone the availability zone; null if the endpoint does not tell
	 * @param cluster the cluster's name or ARN; null if the endpoint does not tell
	 * @param family the family of the task definition; null if the endpoint does not tell
	 */
	record Task(String id, @Nullable String address, @Nullable String zone, @Nullable String cluster,
			@Nullable String family) {
	}

}
