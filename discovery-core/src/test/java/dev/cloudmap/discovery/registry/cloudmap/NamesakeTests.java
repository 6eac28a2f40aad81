package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesRequest;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests several namespaces of the same name: in two VPCs, or of different types.
 */
class NamesakeTests extends CloudMapFixture {

	/** Not the common pool, which may have a single thread. */
	private static final Executor OWN_THREAD = (task) -> new Thread(task).start();

	private final ManualTimer timer = new ManualTimer();

	@BeforeEach
	void createTheFirst() {
		createInVpc("vpc-1");
	}

	@Test
	void vpcSelectsForRegistrationAndLookup() {
		createInVpc("vpc-2");
		CloudMapRegistry first = registry(inVpc("vpc-1", Scope.SERVICES));
		CloudMapRegistry second = registry(inVpc("vpc-2", Scope.SERVICES));
		first.register(instance("in-1"));
		second.register(instance("in-2"));
		assertThat(ids(first.discover(WORKER))).containsExactly("in-1");
		assertThat(ids(second.discover(WORKER))).containsExactly("in-2");
		assertThat(discoverAt(httpName(NamespaceType.DNS_PRIVATE, 0))).containsExactly("in-1");
		assertThat(discoverAt(httpName(NamespaceType.DNS_PRIVATE, 1))).containsExactly("in-2");
		long before = first.revision(WORKER);
		second.register(instance("in-3"));
		assertThat(first.revision(WORKER)).isEqualTo(before);
		assertThat(first.services(CORP)).extracting(ListedService::name).containsExactly("worker");
	}

	@Test
	void watchesTheSelectedNamespace() {
		createInVpc("vpc-2");
		CloudMapRegistry second = registry(inVpc("vpc-2", Scope.SERVICES));
		second.register(instance("in-2"));
		RecordingListener listener = new RecordingListener();
		Watch watch = keep(second.watch(CORP, listener));
		await().until(watch::isLive);
		int before = listener.events.size();
		registry(inVpc("vpc-1", Scope.SERVICES)).register(instance("in-1"));
		second.register(instance(new ServiceName(CORP, "other"), "in-3"));
		await().until(() -> listener.events.contains("other"));
		assertThat(listener.events.subList(before, listener.events.size())).doesNotContain("worker");
	}

	@Test
	void createsNamespaceIfOnlyAnotherVpcHasOne() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> registry(inVpc("vpc-2", Scope.SERVICES)).register(instance("i-1")))
			.withMessageContaining("There is no namespace 'corp' in VPC vpc-2, but " + namespaces().get(0).id());
		registry(inVpc("vpc-1", Scope.SERVICES)).register(instance("in-1"));
		assertThat(registry(inVpc("vpc-2", Scope.SERVICES)).discover(WORKER).isEmpty()).isTrue();
		CloudMapRegistry creating = registry(inVpc("vpc-2", Scope.NAMESPACES));
		creating.register(instance("in-2"));
		assertThat(namespaces()).hasSize(2);
		assertThat(ids(creating.discover(WORKER))).containsExactly("in-2");
	}

	@Test
	void ambiguousNamespaceIsAnError() {
		createInVpc("vpc-2");
		createHttp();
		CloudMapRegistry registry = registry(new CreationPolicy(Scope.NAMESPACES, null));
		for (Runnable action : List.<Runnable>of(() -> registry.register(instance("i-1")),
				() -> registry.discover(WORKER), () -> registry.revision(WORKER), () -> registry.services(CORP))) {
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(action::run)
				.withMessageContaining("There are 3 namespaces named 'corp'")
				.satisfies((ex) -> assertThat(ex.getMessage()).contains(namespaces().stream()
					.map((one) -> one.id() + " (" + one.type() + ", HTTP name " + httpName(one) + ")")
					.toList()))
				.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.cloud-map.namespace-ids",
						"discovery.cloud-map.vpc"));
		}
	}

	@Test
	void errorEndsWithItsCause() {
		createInVpc("vpc-2");
		CloudMapRegistry registry = registry(this.client, this.server.endpoint(),
				new CreationPolicy(Scope.SERVICES, null), null, this.timer);
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> registry.discover(WORKER));
		String second = namespaces().get(1).id();
		this.client.deleteNamespace((request) -> request.id(second));
		this.timer.advance(NamespaceDirectory.RETRY);
		registry.register(instance("i-1"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void idOrArnSelectsAmongAllTypes() {
		createHttp();
		for (NamespaceSummary namespace : namespaces()) {
			for (String id : List.of(namespace.id(), namespace.arn())) {
				CloudMapRegistry registry = registry(new CreationPolicy(Scope.SERVICES, null,
						new NamespaceChoice(List.of("ns-other", id), "vpc-9", Strictness.REQUIRED)));
				registry.register(instance(namespace.typeAsString()));
				assertThat(ids(registry.discover(WORKER))).containsExactly(namespace.typeAsString());
			}
		}
	}

	@Test
	void selectsOtherNamespacesThanTheDefault() {
		Namespace partner = new Namespace("partner");
		for (String vpc : List.of("vpc-1", "vpc-2")) {
			this.client.createPrivateDnsNamespace((request) -> request.name("partner").vpc(vpc));
		}
		ServiceName service = new ServiceName(partner, "worker");
		CloudMapRegistry second = registry(inVpc("vpc-2", Scope.SERVICES));
		second.register(instance(service, "in-2"));
		assertThat(ids(second.discover(service))).containsExactly("in-2");
		assertThat(registry(inVpc("vpc-1", Scope.SERVICES)).discover(service).isEmpty()).isTrue();
	}

	@Test
	void findsRecreatedNamespaceByItsNewName() {
		createInVpc("vpc-2");
		CloudMapRegistry second = registry(inVpc("vpc-2", Scope.NAMESPACES));
		assertThat(second.discover(WORKER).isEmpty()).isTrue();
		String id = namespaces().stream().filter((one) -> !httpName(one).equals("corp")).findFirst().orElseThrow().id();
		this.client.deleteNamespace((request) -> request.id(id));
		CloudMapRegistry another = registry(inVpc("vpc-2", Scope.NAMESPACES));
		another.register(instance("in-2"));
		assertThat(ids(second.discover(WORKER))).containsExactly("in-2");
	}

	@Test
	void doesNotUseDnsUntilTheNamespaceIsUnique() {
		CloudMapRegistry first = registry(inVpc("vpc-1", Scope.SERVICES));
		assertThat(first.hasNamesakes(CORP)).isTrue();
		first.register(instance("in-1"));
		assertThat(first.hasNamesakes(CORP)).isFalse();
		createInVpc("vpc-2");
		CloudMapRegistry second = registry(inVpc("vpc-2", Scope.SERVICES));
		second.discover(WORKER);
		assertThat(second.hasNamesakes(CORP)).isTrue();
	}

	@Test
	void doesNotUseDnsForANamespaceInAnotherVpc() {
		CloudMapRegistry other = registry(inVpc("vpc-2", Scope.SERVICES));
		assertThat(other.discover(WORKER).isEmpty()).isTrue();
		assertThat(other.hasNamesakes(CORP)).isTrue();
	}

	@Test
	void usesDnsWithoutStrictSelection() {
		NamespaceChoice preferred = new NamespaceChoice(List.of(), "vpc-2", Strictness.PREFERRED);
		assertThat(registry(new CreationPolicy(Scope.SERVICES, null)).hasNamesakes(CORP)).isFalse();
		assertThat(registry(new CreationPolicy(Scope.SERVICES, null, preferred)).hasNamesakes(CORP)).isFalse();
	}

	@Test
	void lookupByNameDoesNotWaitForListNamespaces() throws Exception {
		this.client.deleteNamespace((request) -> request.id(namespaces().get(0).id()));
		CountDownLatch listing = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicBoolean slow = new AtomicBoolean();
		ServiceDiscoveryClient client = client((request) -> {
			if (slow.get() && request instanceof ListNamespacesRequest) {
				listing.countDown();
				awaitLatch(answer);
			}
		});
		CloudMapRegistry registry = registry(client, this.server.endpoint(), new CreationPolicy(Scope.SERVICES, null),
				null, this.timer);
		assertThat(registry.discover(WORKER).isEmpty()).isTrue();
		slow.set(true);
		CompletableFuture<?> list = CompletableFuture.supplyAsync(() -> registry.services(CORP), OWN_THREAD);
		try {
			listing.await();
			assertThat(CompletableFuture.supplyAsync(() -> registry.discover(WORKER), OWN_THREAD))
				.succeedsWithin(Duration.ofSeconds(5));
			assertThat(list).isNotDone();
		}
		finally {
			answer.countDown();
		}
		assertThat(list).succeedsWithin(Duration.ofSeconds(5));
	}

	@Test
	void simultaneousFirstLookupsListNamespacesOnce() throws Exception {
		CountDownLatch listing = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		ServiceDiscoveryClient client = client((request) -> {
			if (request instanceof ListNamespacesRequest) {
				calls.incrementAndGet();
				listing.countDown();
				awaitLatch(answer);
			}
		});
		CloudMapRegistry registry = registry(client, this.server.endpoint(), inVpc("vpc-1", Scope.SERVICES), null,
				this.timer);
		Thread first = new Thread(() -> registry.discover(WORKER));
		Thread second = new Thread(() -> registry.discover(WORKER));
		first.start();
		listing.await();
		second.start();
		await().until(() -> second.getState() == Thread.State.WAITING);
		answer.countDown();
		first.join();
		second.join();
		assertThat(calls).hasValue(1);
	}

	private ServiceDiscoveryClient client(Consumer<SdkRequest> beforeRequest) {
		ExecutionInterceptor interceptor = new ExecutionInterceptor() {

			@Override
			public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
				beforeRequest.accept(context.request());
			}

		};
		ServiceDiscoveryClientBuilder builder = TestClients.retryingAtOnce(this.server.endpoint());

		return keep(builder
			.overrideConfiguration(
					builder.overrideConfiguration().toBuilder().addExecutionInterceptor(interceptor).build())
			.build());
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void preferredVpcAllowsTheOnlyNamespace() {
		CloudMapRegistry preferring = registry(new CreationPolicy(Scope.NAMESPACES, "this-machine",
				new NamespaceChoice(List.of(), "vpc-2", Strictness.PREFERRED)));
		preferring.register(instance("i-1"));
		assertThat(namespaces()).hasSize(1);
	}

	private static CreationPolicy inVpc(String vpc, Scope scope) {
		return new CreationPolicy(scope, vpc);
	}

	private void createInVpc(String vpc) {
		this.client.createPrivateDnsNamespace((request) -> request.name("corp").vpc(vpc));
	}

	private void createHttp() {
		this.client.createHttpNamespace((request) -> request.name("corp"));
	}

	private List<NamespaceSummary> namespaces() {
		return this.client.listNamespaces().namespaces();
	}

	private String httpName(NamespaceType type, int suffixed) {
		return namespaces().stream()
			.filter((one) -> one.type() == type && httpName(one).equals("corp") == (suffixed == 0))
			.map(NamesakeTests::httpName)
			.findFirst()
			.orElseThrow();
	}

	private static String httpName(NamespaceSummary namespace) {
		return namespace.properties().httpProperties().httpName();
	}

	private List<String> discoverAt(String httpName) {
		return this.client
			.discoverInstances((request) -> request.namespaceName(httpName)
				.serviceName("worker")
				.overrideConfiguration((override) -> override.addPlugin(CloudMapRegistry::disableHostPrefix)))
			.instances()
			.stream()
			.map(HttpInstanceSummary::instanceId)
			.toList();
	}

}
