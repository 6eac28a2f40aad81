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

	private final Instance instance;

	private final boolean secure;

	private final String host;

	private final Map<String, String> metadata;

	private final URI uri;

	/**
	 * Creates an instance for Spring Cloud.
	 * @param instance the instance of the catalog
	 */
	public CatalogServiceInstance(Instance instance) {
		this.instance = instance;
		this.secure = Boolean.parseBoolean(instance.attributes().get(InstanceAttributes.SECURE));
		// neither ServiceInstance.createUri nor LoadBalancerUriTools adds the brackets of
		// IPv6
		this.host = (instance.host().indexOf(':') >= 0) ? "[" + instance.host() + "]" : instance.host();
		this.metadata = metadata(instance);
		this.uri = URI.create((this.secure ? "https" : "http") + "://" + this.host + ":" + instance.port());
	}

	/**
	 * Creates another object for the same instance.
	 */
	protected CatalogServiceInstance(CatalogServiceInstance other) {
		this.instance = other.instance;
		this.secure = other.secure;
		this.host = other.host;
		this.metadata = other.metadata;
		this.uri = other.uri;
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
		return this.instance.service();
	}

	/**
	 * Returns the instance of the catalog.
	 */
	public Instance instance() {
		return this.instance;
	}

	@Override
	public String getInstanceId() {
		return this.instance.id();
	}

	@Override
	public String getServiceId() {
		return this.instance.service().name();
	}

	@Override
	public String getHost() {
		return this.host;
	}

	@Override
	public int getPort() {
		return this.instance.port();
	}

	@Override
	public boolean isSecure() {
		return this.secure;
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

	@Override
	public Map<String, String> getMetadata() {
		return this.metadata;
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
		return other instanceof CatalogServiceInstance that && this.instance.equals(that.instance);
	}

	@Override
	public final int hashCode() {
		return this.instance.hashCode();
	}

	@Override
	public String toString() {
		return this.instance.service() + "/" + this.instance.id() + " at " + this.uri;
	}

}
