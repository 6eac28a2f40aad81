package dev.cloudmap.discovery.catalog;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;

/**
 * An instance in Spring Cloud's words. Equal if the instance is.
 */
public final class CatalogServiceInstance implements ServiceInstance {

	private final Instance instance;

	private final boolean secure;

	private final String host;

	private final Map<String, String> metadata;

	private final URI uri;

	CatalogServiceInstance(Instance instance) {
		this.instance = instance;
		this.secure = Boolean.parseBoolean(instance.attributes().get(InstanceAttributes.SECURE));
		// neither ServiceInstance.createUri nor LoadBalancerUriTools puts brackets around
		// IPv6
		this.host = (instance.host().indexOf(':') >= 0) ? "[" + instance.host() + "]" : instance.host();
		this.metadata = metadata(instance);
		this.uri = URI.create((this.secure ? "https" : "http") + "://" + this.host + ":" + instance.port());
	}

	private static Map<String, String> metadata(Instance instance) {
		String zone = instance.attributes().get(InstanceAttributes.AVAILABILITY_ZONE);
		if (zone == null) {
			return instance.attributes();
		}
		// the key under which Spring Cloud LoadBalancer looks for it
		Map<String, String> metadata = new LinkedHashMap<>(instance.attributes());
		metadata.putIfAbsent(InstanceAttributes.ZONE, zone);
		return Map.copyOf(metadata);
	}

	/**
	 * The service, whose namespace its id does not tell.
	 */
	public ServiceName service() {
		return this.instance.service();
	}

	Instance instance() {
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
	 * None: who calls by HTTPS does so whether or not the registry tells that this is to
	 * be done. Where the instance is secure, {@code http} becomes {@code https} and
	 * {@code ws} becomes {@code wss}.
	 */
	@Override
	public @Nullable String getScheme() {
		return null;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof CatalogServiceInstance that && this.instance.equals(that.instance);
	}

	@Override
	public int hashCode() {
		return this.instance.hashCode();
	}

	@Override
	public String toString() {
		return this.instance.service() + "/" + this.instance.id() + " at " + this.uri;
	}

}
