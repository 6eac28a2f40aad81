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
		this.values = new Values(instance, secure, host, host, metadata(instance), uri(secure, host, instance.port()));
	}

	private CatalogServiceInstance(Values values) {
		this.values = values;
	}

	private static URI uri(boolean secure, String host, int port) {
		return URI.create((secure ? "https" : "http") + "://" + host + ":" + port);
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
	 * Returns the same instance with another host, by which it is called.
	 * @param name a valid host of a URL
	 */
	public CatalogServiceInstance calledBy(String name) {
		Values own = this.values;
		return new CatalogServiceInstance(new Values(own.instance(), own.secure(), own.address(), name, own.metadata(),
				uri(own.secure(), name, own.instance().port())));
	}

	/**
	 * Whether the instance is called by a name instead of its address.
	 */
	public final boolean isCalledByName() {
		return !this.values.host().equals(this.values.address());
	}

	/**
	 * Returns the address as the host of a URL, which does not depend on how the instance
	 * is called.
	 */
	public final String address() {
		return this.values.address();
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
	private record Values(Instance instance, boolean secure, String address, String host, Map<String, String> metadata,
			URI uri) {
	}

}
