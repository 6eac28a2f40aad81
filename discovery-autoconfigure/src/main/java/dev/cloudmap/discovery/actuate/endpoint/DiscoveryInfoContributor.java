package dev.cloudmap.discovery.actuate.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;

/**
 * {@link InfoContributor} that adds the registry, the namespace and, once it is known,
 * the instance id of this application.
 */
public final class DiscoveryInfoContributor implements InfoContributor {

	private final Registry registry;

	private final Namespace namespace;

	private final @Nullable RegistrationReconciler reconciler;

	/**
	 * Creates the contributor.
	 * @param registry the registry
	 * @param namespace the default namespace
	 * @param reconciler this application's registration; null if it is disabled
	 */
	public DiscoveryInfoContributor(Registry registry, Namespace namespace,
			@Nullable RegistrationReconciler reconciler) {
		this.registry = registry;
		this.namespace = namespace;
		this.reconciler = reconciler;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("registry", this.registry.info().type());
		details.put("namespace", this.namespace.name());
		InstanceRegistration instance = (this.reconciler != null) ? this.reconciler.state().instance() : null;
		if (instance != null) {
			details.put("instanceId", instance.instanceId());
		}
		builder.withDetail("discovery", details);
	}

}
