package dev.cloudmap.discovery.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributors;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;

import dev.cloudmap.discovery.registration.health.HealthProbe;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;

/**
 * The health of this application according to one of Actuator's health groups. The probe
 * ignores the contributors of discovery ({@link DiscoveryContributors}), and readiness,
 * whose events are processed at once. For the overall health it also ignores liveness,
 * which is down before the application has started. The group's members,
 * {@code StatusAggregator} and {@code HttpCodeStatusMapper} apply: the application is
 * healthy if {@code /actuator/health} would return an HTTP status below 400 to a load
 * balancer. If one of them throws an exception, the application is unhealthy.
 */
public final class HealthGroupProbe implements HealthProbe {

	private static final String READINESS = "readinessState";

	private static final String LIVENESS = "livenessState";

	private static final int FIRST_ERROR = 400;

	private final HealthContributors contributors;

	private final @Nullable ReactiveHealthContributors reactiveContributors;

	private final HealthEndpointGroup group;

	private final Origin origin;

	private final String name;

	/**
	 * Creates the probe.
	 * @param contributors the health contributors
	 * @param reactiveContributors the reactive health contributors; null if there are
	 * none
	 * @param group the group
	 * @param origin the origin of unhealthy results
	 * @param name the description of the group in reasons, such as
	 * {@code health group readiness}
	 */
	public HealthGroupProbe(HealthContributors contributors, @Nullable ReactiveHealthContributors reactiveContributors,
			HealthEndpointGroup group, Origin origin, String name) {
		this.contributors = contributors;
		this.reactiveContributors = reactiveContributors;
		this.group = group;
		this.origin = origin;
		this.name = name;
	}

	@Override
	public ReportedHealth check() {
		Map<String, Status> failing = new TreeMap<>();
		try {
			Status status = aggregate("", components(), failing);
			if (status == null || !isError(status)) {
				return ReportedHealth.HEALTHY;
			}
			String components = failing.entrySet()
				.stream()
				.map((component) -> component.getKey() + " " + component.getValue())
				.collect(Collectors.joining(", "));
			return ReportedHealth.unhealthy(this.origin,
					this.name + " is " + status + (components.isEmpty() ? "" : " (" + components + ")"));
		}
		catch (RuntimeException | Error ex) {
			return ReportedHealth.unhealthy(this.origin, this.name + " can't be checked: " + ex);
		}
	}

	/**
	 * Returns the sorted names of the components that the probe currently uses.
	 */
	public Set<String> included() {
		return members(true);
	}

	/**
	 * Returns the sorted names of the members of the group that the probe ignores.
	 */
	public Set<String> ignored() {
		return members(false);
	}

	private Set<String> members(boolean included) {
		return components().stream()
			.filter((component) -> isIncluded(component) == included && isMember("", component))
			.map(Component::name)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private boolean isMember(String prefix, Component component) {
		String path = prefix + component.name();
		return component.isComposite() ? component.children().stream().anyMatch((child) -> isMember(path + "/", child))
				: this.group.isMember(path);
	}

	/** As in the endpoint, the first contributor of a name is used. */
	private List<Component> components() {
		Map<String, Component> all = new LinkedHashMap<>();
		Stream.of(this.contributors, this.reactiveContributors)
			.filter(Objects::nonNull)
			.flatMap(Component::of)
			.forEach((component) -> all.putIfAbsent(component.name(), component));
		return List.copyOf(all.values());
	}

	/**
	 * Aggregates level by level, as the endpoint does.
	 * @return the status; null if there is no component
	 */
	private @Nullable Status aggregate(String prefix, List<Component> components, Map<String, Status> failing) {
		Set<Status> statuses = components.stream()
			.filter(this::isIncluded)
			.map((component) -> status(prefix, component, failing))
			.flatMap(Stream::ofNullable)
			.collect(Collectors.toSet());
		return statuses.isEmpty() ? null : this.group.getStatusAggregator().getAggregateStatus(statuses);
	}

	private @Nullable Status status(String prefix, Component component, Map<String, Status> failing) {
		String path = prefix + component.name();
		if (component.isComposite()) {
			return aggregate(path + "/", component.children(), failing);
		}
		if (!this.group.isMember(path)) {
			return null;
		}
		Status status = component.status();
		if (status != null && isError(status)) {
			failing.put(path, status);
		}
		return status;
	}

	private boolean isIncluded(Component component) {
		String name = component.name();
		return !DiscoveryContributors.include(name, component.contributor()) && !name.equals(READINESS)
				&& !(name.equals(LIVENESS) && this.origin == Origin.OVERALL_HEALTH);
	}

	private boolean isError(Status status) {
		return this.group.getHttpCodeStatusMapper().getStatusCode(status) >= FIRST_ERROR;
	}

	/**
	 * A blocking or reactive contributor and its name.
	 *
	 * @param name the name
	 * @param contributor the contributor
	 */
	private record Component(String name, Object contributor) {

		static Stream<Component> of(Object contributors) {
			if (contributors instanceof ReactiveHealthContributors reactive) {
				return reactive.stream().map((entry) -> new Component(entry.name(), entry.contributor()));
			}
			return ((HealthContributors) contributors).stream()
				.map((entry) -> new Component(entry.name(), entry.contributor()));
		}

		boolean isComposite() {
			return this.contributor instanceof HealthContributors
					|| this.contributor instanceof ReactiveHealthContributors;
		}

		List<Component> children() {
			return of(this.contributor).toList();
		}

		/**
		 * Returns the status of a single contributor; {@code DOWN} if it fails, and null
		 * if it reports none.
		 */
		@Nullable Status status() {
			HealthIndicator indicator = (this.contributor instanceof ReactiveHealthIndicator reactive)
					? reactive.asHealthContributor() : (HealthIndicator) this.contributor;
			try {
				Health health = indicator.health(false);
				return (health != null) ? health.getStatus() : null;
			}
			catch (RuntimeException | Error ex) {
				return Status.DOWN;
			}
		}

	}

}
