package dev.cloudmap.discovery.registration;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.ReflectionUtils;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.aws.Ec2Metadata;
import dev.cloudmap.discovery.registration.aws.EcsHostResolver;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registration.aws.ScriptedMetadata;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.ConfiguredAttributes;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

@ExtendWith(OutputCaptureExtension.class)
class InstanceRegistrationFactoryTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final RegistrationCustomizer NO_CHANGE = (attributes) -> {
	};

	private final Map<String, String> metadata = new HashMap<>(Map.of("color", "blue"));

	@Test
	void sameAddressAndPortCreateTheSameId() {
		InstanceRegistration first = create(null, "10.0.1.17", "8080");
		assertThat(first.instanceId()).isEqualTo("10-0-1-17-8080");
		assertThat(create(null, "10.0.1.17", "8080")).isEqualTo(first);
		assertThat(create(null, "10.0.1.17", "8081").instanceId()).isNotEqualTo(first.instanceId());
	}

	@Test
	void idContainsTheActualPort() {
		ServerPort port = ServerPort.of(null);
		InstanceRegistrationFactory factory = factory(null, HostResolution.of("10.0.1.17", "test"), port, null);
		assertThatExceptionOfType(NothingToRegisterException.class).isThrownBy(() -> factory.create(NO_CHANGE));
		port.listening(40123);
		assertThat(factory.create(NO_CHANGE).instance().instanceId()).isEqualTo("10-0-1-17-40123");
	}

	@Test
	void idOfTheLongestAddressIsADnsLabel() {
		assertThat(create(null, "2001:db8:1111:2222:3333:4444:5555:6666", "65535").instanceId()).hasSizeLessThan(64)
			.matches("[0-9a-z-]+");
		assertThat(create(null, "[FD00::1%1]", "1").instanceId()).isEqualTo("fd00-0-0-0-0-0-0-1-1");
	}

	@Test
	void ipv6AddressCreatesAnIdAndAnAaaaRecord() {
		InstanceRegistration registration = create(null, "fd00:0:0:0:0:0:0:1", "8080");
		assertThat(registration.instanceId()).isEqualTo("fd00-0-0-0-0-0-0-1-8080");
		assertThat(registration.allAttributes()).containsEntry("AWS_INSTANCE_IPV6", "fd00:0:0:0:0:0:0:1")
			.containsEntry("AWS_INSTANCE_PORT", "8080")
			.doesNotContainKey("AWS_INSTANCE_IPV4");
		assertThat(registration.definition().recordTypes()).containsExactlyInAnyOrder(RecordType.AAAA, RecordType.SRV);
	}

	@Test
	void acceptsOrRejectsConfiguredId() {
		assertThat(create("blue/1", "10.0.1.17", "8080").instanceId()).isEqualTo("blue/1");
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> create("blue 1", "10.0.1.17", "8080"))
			.withMessageContaining("discovery.registration.instance-id");
	}

	@ParameterizedTest
	@CsvSource({ "blue/1, blue-1", "10.0.1.17:8080, 10.0.1.17-8080", "a..b, a.b", ".a, a", "-a, a", "::, worker-1",
			"team@host_1, team-host_1", "a-/-b, a-b" })
	void warnsOfUnresolvableId(String id, String instead, CapturedOutput output) {
		create(id, "10.0.1.17", "8080");
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement(STRING)
			.contains("cannot resolve '" + id + "'",
					"for example " + instead + ". Set discovery.registration.instance-id");
	}

	@Test
	void doesNotWarnOfResolvableOrUnusedId(CapturedOutput output) {
		Stream.of("127.0.1.2", "i-1", "Blue_1", "a.b.c").forEach((id) -> create(id, "10.0.1.17", "8080"));
		create(null, "fd00::1", "8080");
		create("blue/1", "10.0.1.17", "none");
		assertThat(output.getAll()).doesNotContain("WARN");
	}

	@Test
	void attributesContainTheLease() {
		assertThat(create(null, "10.0.1.17", "8080").attributes()).containsEntry("discovery.lease", "15")
			.containsEntry("color", "blue")
			.containsEntry("customized", "blue too");
	}

	@Test
	void registersTheAddressWithoutAPort() {
		InstanceRegistration registration = create(null, "10.0.1.17", "none");
		assertThat(registration.instanceId()).isEqualTo("10-0-1-17");
		assertThat(registration.port()).isEmpty();
		assertThat(registration.allAttributes()).containsEntry("AWS_INSTANCE_IPV4", "10.0.1.17")
			.doesNotContainKey("AWS_INSTANCE_PORT");
		assertThat(registration.definition().recordTypes()).containsExactly(RecordType.A);
	}

	@Test
	void ecsTaskIsTheInstance() {
		try (ScriptedMetadata endpoint = new ScriptedMetadata().task("bridge", "EC2").instance()) {
			EcsMetadata ecs = new EcsMetadata(endpoint.ecsUri());
			Ec2Metadata ec2 = Ec2Metadata.at(endpoint.endpoint());
			ServerPort port = ServerPort.of(null);
			port.listening(8080);
			InstanceRegistrationFactory factory = factory(null, new EcsHostResolver(ecs, ec2), port,
					new AwsPlatform(ecs, ec2));
			InstanceRegistration registration = factory.create(NO_CHANGE).instance();
			assertThat(registration.instanceId()).isEqualTo("158d1c8083dd49d6");
			assertThat(registration.address()).isEqualTo("10.0.1.17");
			assertThat(registration.port()).hasValue(32768);
			endpoint.answers.put("/latest/meta-data/local-ipv4", "10.0.1.99");
			assertThat(factory.create(NO_CHANGE).instance().address()).isEqualTo("10.0.1.99");
		}
	}

	@Test
	void providesCallableUris() {
		DiscoveryRegistration ipv4 = registration("10.0.1.17", "8080");
		assertThat(ipv4.resolution()).isEmpty();
		assertThat(ipv4.getUri()).isEqualTo(URI.create("http://10.0.1.17:8080"));
		assertThat(ipv4.resolution()).singleElement().asString().endsWith("(test)");
		assertThat(registration("fd00::17", "8080").getUri())
			.isEqualTo(URI.create("http://[fd00:0:0:0:0:0:0:17]:8080"));
		DiscoveryRegistration none = registration("10.0.1.17", "none");
		assertThat(none.getPort()).isNegative();
		assertThat(none.getUri().getPort()).isNotZero();
	}

	@Test
	void refreshChangesMetadataOnly() {
		DiscoveryRegistration registration = registration("10.0.1.17", "8080");
		assertThat(registration.refresh()).isFalse();
		InstanceRegistration before = registration.instance();
		assertThat(registration.refresh()).isFalse();
		this.metadata.put("color", "green");
		assertThat(registration.getMetadata()).containsEntry("color", "blue");
		assertThat(registration.refresh()).isTrue();
		assertThat(registration.getMetadata()).containsEntry("color", "green").containsEntry("customized", "green too");
		assertThat(registration.instance()).isEqualTo(before.with(registration.getMetadata()));
		this.metadata.remove("color");
		assertThat(registration.instance().attributes()).doesNotContainKey("color");
	}

	@Test
	void invalidMetadataChangesNothing() {
		DiscoveryRegistration registration = registration("10.0.1.17", "8080");
		InstanceRegistration before = registration.instance();
		this.metadata.put("color", "grün");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(registration::refresh)
			.withMessageContaining("'grün'");
		assertThat(registration.getMetadata()).isEqualTo(before.attributes());
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, NoClassDefFoundError.class })
	void failingCustomizerChangesNothing(Class<? extends Throwable> failure) throws Exception {
		Throwable thrown = failure.getConstructor(String.class).newInstance("broken");
		boolean[] broken = { false };
		DiscoveryRegistration registration = new DiscoveryRegistration(
				factory(null, ServerPort.of("8080"), (attributes) -> {
					if (broken[0]) {
						ReflectionUtils.rethrowRuntimeException(thrown);
					}
					attributes.putAll(this.metadata);
				}));
		InstanceRegistration before = registration.instance();
		broken[0] = true;
		this.metadata.put("color", "green");
		assertThat(registration.instance()).isEqualTo(before);
		broken[0] = false;
		assertThat(registration.instance().attributes()).containsEntry("color", "green");
	}

	@Test
	void resolvesAddressesWithoutALock() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicInteger count = new AtomicInteger();
		DiscoveryRegistration registration = new DiscoveryRegistration(factory(null, () -> {
			if (count.getAndIncrement() == 0) {
				asked.countDown();
				awaitUninterruptibly(answer);
			}
			return HostResolution.of("10.0.1.17", "test");
		}, ServerPort.of("8080"), null));
		CompletableFuture<String> slow = onItsOwnThread(registration::getHost);
		assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
		InstanceRegistration instance = onItsOwnThread(registration::instance).get(30, TimeUnit.SECONDS);
		answer.countDown();
		assertThat(slow.get(30, TimeUnit.SECONDS)).isEqualTo("10.0.1.17");
		assertThat(registration.instance()).isSameAs(instance);
	}

	@Test
	void rejectsTooManyAttributes() {
		IntStream.range(0, 27).forEach((i) -> this.metadata.put("m" + i, "x"));
		assertThat(create(null, "10.0.1.17", "8080").attributes()).hasSize(30);
		this.metadata.put("m27", "x");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> create(null, "10.0.1.17", "8080"))
			.withMessageContaining("31 attributes: expected 30 or fewer")
			.withMessageContaining("discovery.registration.metadata");
		this.metadata.keySet().removeIf((key) -> key.startsWith("m"));
		IntStream.range(0, 5).forEach((i) -> this.metadata.put("m" + i, "x".repeat(1000)));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> create(null, "10.0.1.17", "8080"))
			.withMessageContaining("characters: expected 5000 or fewer");
	}

	/**
	 * Uses a new thread, because the common pool may have a single thread and the two
	 * tasks would block each other.
	 */
	private static <T> CompletableFuture<T> onItsOwnThread(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, (run) -> new Thread(run).start());
	}

	private InstanceRegistration create(@Nullable String id, String address, String port) {
		return factory(id, HostResolution.of(address, "test"), ServerPort.of(port), null).create(NO_CHANGE).instance();
	}

	private DiscoveryRegistration registration(String address, String port) {
		return new DiscoveryRegistration(factory(null, HostResolution.of(address, "test"), ServerPort.of(port), null));
	}

	private InstanceRegistrationFactory factory(@Nullable String id, HostResolution host, ServerPort port,
			@Nullable AwsPlatform platform) {
		return factory(id, () -> host, port, platform);
	}

	private InstanceRegistrationFactory factory(@Nullable String id, HostResolver host, ServerPort port,
			@Nullable AwsPlatform platform) {
		return factory(id, host, port, platform,
				(attributes) -> attributes.put("customized", attributes.get("color") + " too"));
	}

	private InstanceRegistrationFactory factory(@Nullable String id, ServerPort port,
			RegistrationCustomizer customizer) {
		return factory(id, () -> HostResolution.of("10.0.1.17", "test"), port, null, customizer);
	}

	private InstanceRegistrationFactory factory(@Nullable String id, HostResolver host, ServerPort port,
			@Nullable AwsPlatform platform, RegistrationCustomizer customizer) {
		List<RegistrationCustomizer> customizers = List
			.of(new ConfiguredAttributes(() -> this.metadata, Map.of(), List.of()), customizer);
		return new InstanceRegistrationFactory(
				new RegistrationSettings(() -> WORKER, id,
						new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)),
						Duration.ofSeconds(15)),
				port, new HostChain(List.of(host), IpFamily.IPV4, NetworkScope.NETWORK), () -> customizers, platform);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
