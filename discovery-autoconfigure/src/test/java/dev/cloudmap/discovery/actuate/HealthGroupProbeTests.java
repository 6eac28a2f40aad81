package dev.cloudmap.discovery.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthContributors;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.client.discovery.health.DiscoveryCompositeHealthContributor;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;

import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Actuator health contributors that determine the health of the registration.
 */
class HealthGroupProbeTests {

	private static final Status FATAL = new Status("FATAL");

	private final Map<String, HealthContributor> contributors = new LinkedHashMap<>();

	private final Map<String, ReactiveHealthContributor> reactive = new LinkedHashMap<>();

	private final TestGroup group = new TestGroup();

	@Test
	void reasonListsFailedComponents() {
		add("disk", Status.UP);
		add("db", Status.DOWN);
		add("mail", Status.OUT_OF_SERVICE);
		assertThat(check()).isEqualTo(
				ReportedHealth.unhealthy(Origin.OVERALL_HEALTH, "its health is DOWN (db DOWN, mail OUT_OF_SERVICE)"));
	}

	@Test
	void reasonContainsPathOfNestedComponent() {
		this.contributors.put("db", CompositeHealthContributor
			.fromMap(Map.of("orders", indicator(Status.DOWN), "users", indicator(Status.UP))));
		assertThat(check().reason()).isEqualTo("its health is DOWN (db/orders DOWN)");
	}

	@Test
	void includesReactiveComponents() {
		this.reactive.put("redis", reactive(Status.DOWN));
		this.reactive.put("mongo", CompositeReactiveHealthContributor.fromMap(Map.of("a", reactive(Status.UP))));
		assertThat(check().reason()).isEqualTo("its health is DOWN (redis DOWN)");
		this.reactive.put("redis", reactive(Status.UP));
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
	}

	@Test
	void isHealthyForUnknownOrNoComponents() {
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		add("disk", Status.UNKNOWN);
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
	}

	@Test
	void throwingComponentIsDown() {
		this.contributors.put("broken", (HealthIndicator) () -> {
			throw new NoClassDefFoundError("gone");
		});
		assertThat(check().reason()).isEqualTo("its health is DOWN (broken DOWN)");
	}

	@Test
	void usesAggregatorAndHttpStatusOfGroup() {
		add("disk", FATAL);
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		this.group.aggregator = StatusAggregator.of("FATAL", "DOWN", "UP");
		this.group.mapper = HttpCodeStatusMapper.of(Map.of("FATAL", 500, "DOWN", 200));
		assertThat(check().reason()).isEqualTo("its health is FATAL (disk FATAL)");
		add("disk", Status.DOWN);
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
	}

	@Test
	void isUnhealthyIfAggregatorMapperOrCompositeThrows() {
		add("disk", Status.UP);
		this.group.aggregator = (statuses) -> {
			throw new IllegalStateException("no order");
		};
		assertThat(check()).isEqualTo(ReportedHealth.unhealthy(Origin.OVERALL_HEALTH,
				"its health can't be checked: java.lang.IllegalStateException: no order"));
		this.group.aggregator = StatusAggregator.getDefault();
		this.group.mapper = (status) -> {
			throw new IllegalStateException("no mapping");
		};
		assertThat(check().origin()).isEqualTo(Origin.OVERALL_HEALTH);
		this.group.mapper = HttpCodeStatusMapper.of(Map.of());
		this.contributors.put("tenants", new UnlistedComposite());
		assertThat(check().origin()).isEqualTo(Origin.OVERALL_HEALTH);
	}

	@Test
	void checksMembersOfGroupOnly() {
		add("disk", Status.UP);
		this.contributors.put("mail", failIfChecked());
		this.group.members = Set.of("disk")::contains;
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		assertThat(probe().included()).containsExactly("disk");
		assertThat(probe().ignored()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery", "discoveryComposite", "discoveryClient", "reactiveDiscoveryClients", "eureka",
			"consul", "zookeeper", "nacosDiscovery", "readinessState", "livenessState" })
	void excludesContributorsOfDiscovery(String name) {
		this.contributors.put(name, failIfChecked());
		this.contributors.put("all", CompositeHealthContributor.fromMap(Map.of(name, failIfChecked())));
		this.reactive.put(name, reactive(Status.DOWN));
		this.reactive.put("more", CompositeReactiveHealthContributor.fromMap(Map.of(name, reactive(Status.DOWN))));
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		assertThat(probe().ignored()).containsExactly(name);
	}

	@Test
	void excludesContributorsOfDiscoveryClientsByType() {
		this.contributors.put("registries", new DiscoveryCompositeHealthContributor(List.of()));
		this.contributors.put("phoneBook", new IndicatingClient());
		this.contributors.put("proxied", (HealthContributor) new ProxyFactory(new IndicatingClient()).getProxy());
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		assertThat(probe().ignored()).contains("phoneBook", "proxied");
	}

	@Test
	void includesLivenessInConfiguredGroup() {
		add("livenessState", Status.DOWN);
		assertThat(check()).isEqualTo(ReportedHealth.HEALTHY);
		HealthGroupProbe chosen = new HealthGroupProbe(CompositeHealthContributor.fromMap(this.contributors), null,
				this.group, Origin.CHOSEN_CHECK, "health group liveness");
		assertThat(chosen.check().reason()).isEqualTo("health group liveness is DOWN (livenessState DOWN)");
	}

	@Test
	void includesOtherContributorsOfSpringCloud() {
		add("refreshScope", Status.DOWN);
		add("clientConfigServer", Status.UP);
		assertThat(check().reason()).isEqualTo("its health is DOWN (refreshScope DOWN)");
	}

	private ReportedHealth check() {
		return probe().check();
	}

	private HealthGroupProbe probe() {
		return new HealthGroupProbe((HealthContributors) CompositeHealthContributor.fromMap(this.contributors),
				(ReactiveHealthContributors) CompositeReactiveHealthContributor.fromMap(this.reactive), this.group,
				Origin.OVERALL_HEALTH, "its health");
	}

	private void add(String name, Status status) {
		this.contributors.put(name, indicator(status));
	}

	private static HealthIndicator indicator(Status status) {
		return () -> Health.status(status).build();
	}

	private static ReactiveHealthIndicator reactive(Status status) {
		return () -> Mono.just(Health.status(status).build());
	}

	private static HealthIndicator failIfChecked() {
		return () -> {
			throw new AssertionError("asked");
		};
	}

	/**
	 * A discovery client that is also a health indicator.
	 */
	static class IndicatingClient extends SimpleDiscoveryClient implements HealthIndicator {

		IndicatingClient() {
			super(new SimpleDiscoveryProperties());
		}

		@Override
		public Health health() {
			return Health.down().build();
		}

	}

	/**
	 * A composite that throws an exception when its members are listed.
	 */
	private static final class UnlistedComposite implements CompositeHealthContributor {

		@Override
		public @Nullable HealthContributor getContributor(String name) {
			return null;
		}

		@Override
		public Stream<Entry> stream() {
			throw new IllegalStateException("no tenants");
		}

	}

	private static final class TestGroup implements HealthEndpointGroup {

		private Predicate<String> members = (name) -> true;

		private StatusAggregator aggregator = StatusAggregator.getDefault();

		private HttpCodeStatusMapper mapper = HttpCodeStatusMapper.of(Map.of("DOWN", 503, "OUT_OF_SERVICE", 503));

		@Override
		public boolean isMember(String name) {
			return this.members.test(name);
		}

		@Override
		public boolean showComponents(SecurityContext securityContext) {
			return false;
		}

		@Override
		public boolean showDetails(SecurityContext securityContext) {
			return false;
		}

		@Override
		public StatusAggregator getStatusAggregator() {
			return this.aggregator;
		}

		@Override
		public HttpCodeStatusMapper getHttpCodeStatusMapper() {
			return this.mapper;
		}

		@Override
		public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
			return null;
		}

	}

}
