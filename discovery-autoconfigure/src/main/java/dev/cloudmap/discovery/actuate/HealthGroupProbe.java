package dev.cloudmap.discovery.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.contributor.Status;

import dev.cloudmap.discovery.registration.HealthProbe;
import dev.cloudmap.discovery.registration.Standing;

/**
 * What a health group of Actuator says of this application, without what discovery itself
 * contributes: a registry that is away makes nobody sick. Nor does readiness count here,
 * which is told at once by its events. Healthy is what the group's HTTP status says, as
 * for a load balancer that asks {@code /actuator/health}.
 */
public final class HealthGroupProbe implements HealthProbe {

	/**
	 * Ours, and Spring Cloud's, which ask our clients; and readiness, which is heard of
	 * by its events, and by them at once.
	 */
	private static final Set<String> LEFT_OUT = Set.of("discovery", "discoveryComposite", "discoveryClient",
			"reactiveDiscoveryClients", "readinessState");

	private static final int FIRST_ERROR = 400;

	private final HealthEndpoint endpoint;

	private final HealthEndpointGroup group;

	private final String name;

	/**
	 * Creates the probe.
	 * @param endpoint gathers the health; not null
	 * @param group the group; not null
	 * @param name its name; not null
	 */
	public HealthGroupProbe(HealthEndpoint endpoint, HealthEndpointGroup group, String name) {
		this.endpoint = endpoint;
		this.group = group;
		this.name = name;
	}

	@Override
	public Standing check() {
		Map<String, Status> statuses = statuses();
		if (statuses.isEmpty()) {
			return Standing.HEALTHY;
		}
		Status status = this.group.getStatusAggregator().getAggregateStatus(Set.copyOf(statuses.values()));
		if (!isError(status)) {
			return Standing.HEALTHY;
		}
		String culprits = statuses.entrySet()
			.stream()
			.filter((component) -> isError(component.getValue()))
			.map((component) -> component.getKey() + " " + component.getValue())
			.collect(Collectors.joining(", "));
		return Standing.unhealthy("health group " + this.name + " is " + status + " (" + culprits + ")");
	}

	private boolean isError(Status status) {
		return this.group.getHttpCodeStatusMapper().getStatusCode(status) >= FIRST_ERROR;
	}

	private Map<String, Status> statuses() {
		HealthDescriptor health = this.endpoint.healthForPath(this.name);
		Map<String, Status> statuses = new TreeMap<>();
		if (health instanceof CompositeHealthDescriptor composite) {
			Map<String, HealthDescriptor> components = new LinkedHashMap<>(composite.getComponents());
			components.keySet().removeAll(LEFT_OUT);
			components.forEach((component, descriptor) -> statuses.put(component, descriptor.getStatus()));
		}
		else if (health != null) {
			statuses.put(this.name, health.getStatus());
		}
		return statuses;
	}

}
