package dev.cloudmap.discovery.catalog.entry;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;

/**
 * An instance as Spring Cloud's type. Immutable; equality is that of the
 * {@link Instance}.
 */
public class CatalogServiceInstance implements ServiceInstance {

	private final Values values;

	/**
	 * Creates an instance for Spring Cloud.
	 * @param instance the instance of the catalog
	 */
	public CatalogServiceInstance(Instance instance) {
		boolean secure = Boolean.parseBoolean(instance.attributes().get(InstanceAttributes.SECURE));
		// neither ServiceInstance.createUri nor LoadBalancerUriTools adds the brackets of
		// IPv6
		String host = (instance.host().indexOf(':') >= 0) ? "[" + instance.host() + "]" : instance.host();
		this.values = new Values(instance, secure, host, metadata(instance),
				URI.create((secure ? "https" : "http") + "://" + host + ":" + instance.port()));
	}

	/**
	 * Creates another object for the same instance.
	 */
	protected CatalogServiceInstance(CatalogServiceInstance other) {
		this.values = other.values;
	}

	private static Map<String, String> metadata(Instance instance) {
		String zone = instance.attributes().get(InstanceAttributes.AVAILABILITY_ZONE);
		if (zone == null) {
			return instance.attributes();
		}
		// the key that Spring Cloud LoadBalancer reads
		Map<String, String> metadata = new LinkedHashMap<>(instance.attributes());
		metadata.putIfAbsent(InstanceAttributes.ZONE, zone);
		return Map.copyOf(metadata);
	}

	/**
	 * The service with its namespace, which {@link #getServiceId()} does not contain.
	 */
	public final ServiceName service() {
		return this.values.instance().service();
	}

	/**
	 * Returns the instance of the catalog.
	 */
	public Instance instance() {
		return this.values.instance();
	}

	@Override
	public String getInstanceId() {
		return this.values.instance().id();
	}

	@Override
	public String getServiceId() {
		return this.values.instance().service().name();
	}

	@Override
	public String getHost() {
		return this.values.host();
	}

	@Override
	public int getPort() {
		return this.values.instance().port();
	}

	@Override
	public boolean isSecure() {
		return this.values.secure();
	}

	@Override
	public URI getUri() {
		return this.values.uri();
	}

	@Override
	public Map<String, String> getMetadata() {
		return this.values.metadata();
	}

	/**
	 * Returns null, so that the scheme of the request is used. For a secure instance
	 * Spring Cloud replaces {@code http} with {@code https} and {@code ws} with
	 * {@code wss}.
	 */
	@Override
	public @Nullable String getScheme() {
		return null;
	}

	@Override
	public final boolean equals(@Nullable Object other) {
		return other instanceof CatalogServiceInstance that && this.values.instance().equals(that.values.instance());
	}

	@Override
	public final int hashCode() {
		return this.values.instance().hashCode();
	}

	@Override
	public String toString() {
		return this.values.instance().service() + "/" + this.values.instance().id() + " at " + this.values.uri();
	}

	/** One object, so that a copy for a single request is small. */
	private record Values(Instance instance, boolean secure, String host, Map<String, String> metadata, URI uri) {
	}

}
