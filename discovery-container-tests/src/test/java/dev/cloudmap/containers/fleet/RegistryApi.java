package dev.cloudmap.containers.fleet;

import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;

/**
 * Calls the registry's API with curl from a container of the fleet.
 */
public final class RegistryApi {

	private final Node client;

	private final String endpoint;

	public RegistryApi(Node client, String endpoint) {
		this.client = client;
		this.endpoint = endpoint;
	}

	public String endpoint() {
		return this.endpoint;
	}

	/**
	 * Returns all instances of a service, healthy or not, or an empty list if the service
	 * does not exist.
	 */
	public List<Registered> instances(String namespace, String service) {
		String answer = call("DiscoverInstances", """
				{"NamespaceName": "%s", "ServiceName": "%s", "HealthStatus": "ALL"}""".formatted(namespace, service));
		if (answer.contains("NamespaceNotFound") || answer.contains("ServiceNotFound")) {
			return List.of();
		}
		List<Map<String, Object>> instances = JsonPath.read(answer, "$.Instances[*]");
		return instances.stream().map(Registered::of).toList();
	}

	/**
	 * Returns the ids of the healthy instances of a service.
	 */
	public List<String> healthy(String namespace, String service) {
		return instances(namespace, service).stream().filter(Registered::isHealthy).map(Registered::id).toList();
	}

	/**
	 * Returns the id of a namespace, or an empty string if there is none. The id changes
	 * when the registry loses its data.
	 */
	public String namespaceId(String namespace) {
		List<String> ids = JsonPath.read(call("ListNamespaces", "{}"),
				"$.Namespaces[?(@.Name == '" + namespace + "')].Id");
		return ids.isEmpty() ? "" : ids.get(0);
	}

	public void register(String serviceId, String instanceId, String address, int port) {
		call("RegisterInstance", """
				{"ServiceId": "%s", "InstanceId": "%s", "CreatorRequestId": "%s",
				 "Attributes": {"AWS_INSTANCE_IPV4": "%s", "AWS_INSTANCE_PORT": "%d"}}""".formatted(serviceId,
				instanceId, instanceId, address, port));
	}

	public void deregister(String serviceId, String instanceId) {
		call("DeregisterInstance", "{\"ServiceId\": \"%s\", \"InstanceId\": \"%s\"}".formatted(serviceId, instanceId));
	}

	public String serviceId(String service) {
		List<String> ids = JsonPath.read(call("ListServices", "{}"), "$.Services[?(@.Name == '" + service + "')].Id");
		return ids.get(0);
	}

	private String call(String operation, String request) {
		return this.client.run("curl", "-sS", "--max-time", "5", "-H",
				"X-Amz-Target: Route53AutoNaming_v20170314." + operation, "-H",
				"Content-Type: application/x-amz-json-1.1", "-d", request, this.endpoint);
	}

	/**
	 * An instance in the registry.
	 *
	 * @param id the id of the instance
	 * @param status the health status of the instance
	 * @param attributes the attributes of the instance
	 */
	public record Registered(String id, String status, Map<String, String> attributes) {

		@SuppressWarnings("unchecked")
		private static Registered of(Map<String, Object> json) {
			return new Registered((String) json.get("InstanceId"), (String) json.get("HealthStatus"),
					(Map<String, String>) json.get("Attributes"));
		}

		public boolean isHealthy() {
			return !this.status.equals("UNHEALTHY");
		}

		/**
		 * Returns the address and port of the instance.
		 */
		public String authority() {
			String ipv4 = this.attributes.get("AWS_INSTANCE_IPV4");
			return ((ipv4 != null) ? ipv4 : "[" + this.attributes.get("AWS_INSTANCE_IPV6") + "]") + ":"
					+ this.attributes.get("AWS_INSTANCE_PORT");
		}

	}

}
