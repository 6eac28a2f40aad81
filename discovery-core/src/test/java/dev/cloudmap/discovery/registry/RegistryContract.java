package dev.cloudmap.discovery.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The behavior of a {@link Registry} that registration and lookup rely on, whatever
 * registry it is. Each test has a service of its own.
 */
public abstract class RegistryContract {

	private static final LookupFilter HEALTHY = new LookupFilter(Map.of(), Map.of(), Health.HEALTHY);

	private static final LookupFilter UNHEALTHY = new LookupFilter(Map.of(), Map.of(), Health.UNHEALTHY);

	private static final int MANY = 50;

	private final Registry registry;

	private final ServiceName service;

	/**
	 * Creates the contract.
	 * @param registry the registry
	 * @param namespace a namespace in which services may be created
	 */
	protected RegistryContract(Registry registry, Namespace namespace) {
		this.registry = registry;
		this.service = new ServiceName(namespace, "s" + UUID.randomUUID().toString().substring(0, 8));
	}

	@Test
	void registeredInstanceIsFound() {
		InstanceRegistration one = instance("one", Map.of("version", "1.2", "management.context-path", "/admin"));
		this.registry.register(one);
		assertThat(found(LookupFilter.NONE)).singleElement().satisfies((instance) -> {
			assertThat(instance.id()).isEqualTo("one");
			assertThat(instance.host()).isEqualTo("10.0.0.1");
			assertThat(instance.port()).isEqualTo(8080);
			assertThat(instance.health()).isEqualTo(HealthStatus.HEALTHY);
			assertThat(instance.attributes()).containsEntry("version", "1.2")
				.containsEntry("management.context-path", "/admin");
		});
		assertThat(this.registry.attributes(this.service, "one")).contains(one.allAttributes());
	}

	@Test
	void ipv6AddressIsFoundInItsLongForm() {
		this.registry
			.register(new InstanceRegistration(this.service, "one", "2001:db8::1", 8080, Map.of(), definition()));
		assertThat(found(LookupFilter.NONE)).extracting(Instance::host).containsExactly("2001:db8:0:0:0:0:0:1");
	}

	@Test
	void instanceIsReplacedByOneWithItsId() {
		this.registry.register(instance("one", Map.of("version", "1")));
		this.registry.register(
				new InstanceRegistration(this.service, "one", "10.0.0.2", 8081, Map.of("version", "2"), definition()));
		assertThat(found(LookupFilter.NONE)).singleElement().satisfies((instance) -> {
			assertThat(instance.host()).isEqualTo("10.0.0.2");
			assertThat(instance.port()).isEqualTo(8081);
			assertThat(instance.attributes()).containsEntry("version", "2");
		});
	}

	@Test
	void deregisteredInstanceIsNotFound() {
		this.registry.register(instance("one", Map.of()));
		this.registry.register(instance("two", Map.of()));
		this.registry.deregister(this.service, "one");
		assertThat(ids(LookupFilter.ALL)).containsExactly("two");
		assertThat(this.registry.attributes(this.service, "one")).isEmpty();
		assertThatCode(() -> this.registry.deregister(this.service, "one")).doesNotThrowAnyException();
		assertThatCode(() -> this.registry.deregister(unknown(), "one")).doesNotThrowAnyException();
	}

	@Test
	void unhealthyInstancesAreFoundOnlyIfNoneIsHealthy() {
		this.registry.register(instance("one", Map.of()));
		this.registry.register(instance("two", Map.of()));
		this.registry.reportHealth(this.service, "one", HealthStatus.UNHEALTHY);
		assertThat(ids(LookupFilter.NONE)).containsExactly("two");
		assertThat(ids(UNHEALTHY)).containsExactly("one");
		assertThat(ids(LookupFilter.ALL)).containsExactlyInAnyOrder("one", "two");
		this.registry.reportHealth(this.service, "two", HealthStatus.UNHEALTHY);
		assertThat(ids(HEALTHY)).isEmpty();
		assertThat(found(LookupFilter.NONE)).hasSize(2)
			.allMatch((instance) -> instance.health() == HealthStatus.UNHEALTHY);
		this.registry.reportHealth(this.service, "one", HealthStatus.HEALTHY);
		assertThat(ids(LookupFilter.NONE)).containsExactly("one");
	}

	@Test
	void firstHealthIsThatOfTheRegistration() {
		this.registry.register(instance("one", Map.of()).initially(HealthStatus.UNHEALTHY));
		this.registry.register(instance("two", Map.of()));
		assertThat(ids(LookupFilter.NONE)).containsExactly("two");
	}

	@Test
	void attributesSelectInstances() {
		this.registry.register(instance("one", Map.of("version", "1", "zone", "a")));
		this.registry.register(instance("two", Map.of("version", "2", "zone", "a")));
		this.registry.register(instance("three", Map.of("version", "2", "zone", "b")));
		assertThat(ids(new LookupFilter(Map.of("version", "2"), Map.of(), Health.HEALTHY_OR_ELSE_ALL)))
			.containsExactlyInAnyOrder("two", "three");
		assertThat(ids(new LookupFilter(Map.of("version", "2"), Map.of("zone", "a"), Health.HEALTHY_OR_ELSE_ALL)))
			.containsExactly("two");
		assertThat(ids(new LookupFilter(Map.of("version", "1"), Map.of("zone", "c"), Health.HEALTHY_OR_ELSE_ALL)))
			.containsExactly("one");
		assertThat(ids(new LookupFilter(Map.of("version", "3"), Map.of(), Health.HEALTHY_OR_ELSE_ALL))).isEmpty();
	}

	@Test
	void manyInstancesAreFound() {
		List<String> ids = IntStream.range(0, MANY).mapToObj((number) -> "i-" + number).toList();
		ids.forEach((id) -> this.registry.register(instance(id, Map.of())));
		assertThat(ids(LookupFilter.NONE)).containsExactlyInAnyOrderElementsOf(ids);
	}

	@Test
	void unknownServiceHasNoInstances() {
		assertThat(this.registry.discover(unknown()).isEmpty()).isTrue();
		assertThat(this.registry.attributes(unknown(), "one")).isEmpty();
		assertThat(this.registry.attributes(unknown())).isEmpty();
		assertThatExceptionOfType(NotRegisteredException.class).isThrownBy(() -> this.registry.revision(unknown()));
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(unknown(), "one", HealthStatus.HEALTHY));
	}

	@Test
	void healthOfAnUnknownInstanceIsAnError() {
		this.registry.register(instance("one", Map.of()));
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(this.service, "two", HealthStatus.HEALTHY));
	}

	@Test
	void revisionChangesWithTheInstances() {
		this.registry.register(instance("one", Map.of()));
		long first = this.registry.revision(this.service);
		this.registry.reportHealth(this.service, "one", HealthStatus.UNHEALTHY);
		assertThat(this.registry.revision(this.service)).isEqualTo(first);
		this.registry.register(instance("two", Map.of()));
		long second = this.registry.revision(this.service);
		assertThat(second).isNotEqualTo(first);
		this.registry.deregister(this.service, "one");
		assertThat(this.registry.revision(this.service)).isNotEqualTo(second);
	}

	@Test
	void servicesAreListed() {
		this.registry.register(instance("one", Map.of()));
		assertThat(this.registry.services(this.service.namespace())).extracting(ListedService::name)
			.contains(this.service.name())
			.doesNotContain(unknown().name());
	}

	@Test
	void instanceWithoutRenewalIsNotFound() {
		this.registry.register(instance("one", Map.of(InstanceAttributes.LEASE, "1")));
		this.registry.register(instance("two", Map.of(InstanceAttributes.LEASE, "60")));
		await().until(() -> ids(LookupFilter.NONE).equals(List.of("two")));
	}

	@Test
	void changesAreReported() {
		RecordingListener listener = new RecordingListener();
		try (Watch watch = this.registry.watch(this.service.namespace(), listener)) {
			watch.follow(this.service.name());
			await().until(() -> watch.isLive(this.service.name()));
			this.registry.register(instance("one", Map.of()));
			await().until(() -> ids(HEALTHY).equals(List.of("one")));
			await().until(() -> listener.events.contains(this.service.name()));
			this.registry.reportHealth(this.service, "one", HealthStatus.UNHEALTHY);
			await().until(() -> ids(HEALTHY).isEmpty());
			assertThat(listener.events).contains("open").doesNotContain("lost");
		}
	}

	private ServiceName unknown() {
		return new ServiceName(this.service.namespace(), "unknown-" + this.service.name());
	}

	private List<Instance> found(LookupFilter filter) {
		return this.registry.discover(this.service, filter).instances();
	}

	private List<String> ids(LookupFilter filter) {
		return found(filter).stream().map(Instance::id).toList();
	}

	private InstanceRegistration instance(String id, Map<String, String> attributes) {
		return new InstanceRegistration(this.service, id, "10.0.0.1", 8080, attributes, definition());
	}

	private static ServiceDefinition definition() {
		return new ServiceDefinition(Set.of(RecordType.A, RecordType.AAAA, RecordType.SRV), Duration.ofSeconds(10));
	}

}
