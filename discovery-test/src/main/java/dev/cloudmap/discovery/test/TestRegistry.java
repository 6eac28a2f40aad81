package dev.cloudmap.discovery.test;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapConnection;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * A registry of a test's own, in the test's JVM, on free ports of 127.0.0.1: Cloud Map's
 * API and DNS. It begins with one namespace, which has DNS, and without services.
 * <p>
 * Tests get one from {@link RegistryExtension}, from
 * {@link dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry} or
 * from {@link #create()}. AssertJ's own {@code assertThat(registry)} leads to
 * {@link RegistryAssert}. Any thread may use it, and any number of them run at a time.
 */
public final class TestRegistry implements AutoCloseable, AssertProvider<RegistryAssert> {

	/** The name of the namespace unless another is given. */
	public static final String DEFAULT_NAMESPACE = "corp";

	static final String REGION = "us-east-1";

	/** The first call loads the SDK's classes, which takes long on a busy machine. */
	private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);

	private static final String LOOPBACK = "127.0.0.1";

	/** Instances of a registry like AWS get addresses from here on. */
	private static final String OWN_LOOPBACK = "127.0.1.";

	private static final int OWN_ADDRESSES = 254;

	private final String namespace;

	private final RegistryOptions options;

	private final URI httpEndpoint;

	private final InetSocketAddress httpAddress;

	private final InetSocketAddress dnsAddress;

	/** Also those of connected applications. */
	private final Set<String> namespaces = new LinkedHashSet<>();

	private final List<StubInstance> stubs = new ArrayList<>();

	/** Never used twice, since callers remember failures of an instance by its id. */
	private final Map<String, Integer> lastIds = new HashMap<>();

	private final ConnectedApplications applications = new ConnectedApplications();

	private int addresses;

	private @Nullable RegistryServer server;

	private @Nullable PortReservation reservation;

	private @Nullable ServiceDiscoveryClient client;

	/** The content when the server was stopped. */
	private RegistrySnapshot stopped;

	/** The emulation when the server was stopped. */
	private Emulation stoppedEmulation;

	private boolean closed;

	private TestRegistry(String namespace, RegistryOptions options) {
		this.namespace = namespace;
		RegistryServer started = RegistryServer.start(options, Journal.NONE);
		this.server = started;
		this.httpEndpoint = started.endpoint();
		this.httpAddress = started.httpAddress();
		this.dnsAddress = started.dnsAddress();
		this.options = options.withHttpPort(this.httpAddress.getPort()).withDnsPort(this.dnsAddress.getPort());
		this.stopped = started.state().snapshot();
		this.stoppedEmulation = options.emulation();
		try {
			addNamespace(namespace);
		}
		catch (RuntimeException ex) {
			started.close();
			throw ex;
		}
	}

	/**
	 * Creates and starts a registry with the namespace {@value #DEFAULT_NAMESPACE}.
	 * @return the running registry, to be closed by the caller
	 */
	public static TestRegistry create() {
		return create(DEFAULT_NAMESPACE);
	}

	/**
	 * Creates and starts a registry.
	 * @param namespace the name of its namespace
	 * @return the running registry, to be closed by the caller
	 * @throws dev.cloudmap.discovery.InvalidNameException if no namespace can have the
	 * name
	 */
	public static TestRegistry create(String namespace) {
		return create(namespace, UnaryOperator.identity());
	}

	/**
	 * Creates and starts a registry with options of the caller's, such as
	 * {@link RegistryOptions#withLikeAws()}.
	 * @param namespace the name of its namespace
	 * @param customizer changes the options of a registry on free ports. A data directory
	 * is not used
	 * @return the running registry, to be closed by the caller
	 * @throws dev.cloudmap.discovery.InvalidNameException if no namespace can have the
	 * name
	 */
	public static TestRegistry create(String namespace, UnaryOperator<RegistryOptions> customizer) {
		return new TestRegistry(new Namespace(namespace).name(),
				customizer.apply(RegistryOptions.defaults().withBind(LOOPBACK).withHttpPort(0).withDnsPort(0)));
	}

	/**
	 * Returns the name of the namespace that the registry began with.
	 * @return the namespace of {@link #service(String)} and of assertions
	 */
	public String namespace() {
		return this.namespace;
	}

	/**
	 * Returns where Cloud Map's API is, for {@code discovery.cloud-map.endpoint} and the
	 * AWS SDK.
	 * @return the endpoint, such as {@code http://127.0.0.1:4711}, which never changes
	 */
	public URI httpEndpoint() {
		return this.httpEndpoint;
	}

	/**
	 * Returns where DNS is, for UDP and TCP alike.
	 * @return the address and port, which never change
	 */
	public InetSocketAddress dnsAddress() {
		return this.dnsAddress;
	}

	/**
	 * Returns an AWS SDK client of this registry, for what this class has no method for.
	 * It sends requests without a signature, and is closed with the registry.
	 * @return the client, the same each time
	 */
	public synchronized ServiceDiscoveryClient client() {
		requireOpen();
		ServiceDiscoveryClient current = this.client;
		if (current == null) {
			ServiceDiscoveryClientBuilder builder = CloudMapClients.builder(new CloudMapConnection(this.httpEndpoint,
					REGION, AnonymousCredentialsProvider.create(), List.of(this.dnsAddress)));
			builder.overrideConfiguration(builder.overrideConfiguration()
				.toBuilder()
				.apiCallAttemptTimeout(CALL_TIMEOUT)
				.apiCallTimeout(CALL_TIMEOUT)
				.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
				.build());
			current = builder.build();
			this.client = current;
		}
		return current;
	}

	/**
	 * Has an application use this registry: it finds services and is registered here,
	 * whatever its own configuration says. This is an initializer of application
	 * contexts, as in
	 * {@code new SpringApplicationBuilder(...).initializers(registry::connect)} and
	 * {@code new ApplicationContextRunner().withInitializer(registry::connect)}.
	 * @param context the application's context, before it is refreshed. Where
	 * {@code discovery.namespace} is set, the registry gets that namespace too; otherwise
	 * the application uses {@link #namespace()}
	 */
	public void connect(ConfigurableApplicationContext context) {
		RegistryConnection.connect(context, this);
		this.applications.add(context);
	}

	/**
	 * Returns a service to start stub instances of. The service is created with its first
	 * instance.
	 * @param name the name by which callers know it
	 * @return the service
	 * @throws dev.cloudmap.discovery.InvalidNameException if no service can have the name
	 */
	public StubService service(String name) {
		ServiceName valid = new ServiceName(new Namespace(this.namespace), name);
		return new StubService(this, valid.name());
	}

	/**
	 * Stops the registry, as in an outage: its ports refuse connections, and what is
	 * registered is there again after {@link #start()}. Stub instances go on serving.
	 * Operations that are in progress, in a registry with delays, are lost. Does nothing
	 * if it is stopped.
	 */
	public synchronized void stop() {
		requireOpen();
		RegistryServer running = this.server;
		if (running != null) {
			this.stoppedEmulation = running.emulation();
			stopServer(running);
			this.reservation = PortReservation.tcpAndDns(this.httpAddress, this.dnsAddress);
		}
	}

	/**
	 * Ends an outage: the registry answers on the same ports again, with the content that
	 * it had. Leases begin anew. Does nothing if it is running.
	 */
	public synchronized void start() {
		requireOpen();
		if (this.server == null) {
			start(new KeptContent(this.stopped), this.stoppedEmulation);
		}
	}

	/**
	 * Starts the registry again on the same ports, running or stopped, without anything
	 * registered but with its namespaces: it has lost its memory. Applications register
	 * again, with a delay; stub instances go on serving and are registered by
	 * {@link StubInstance#recovered()}.
	 */
	public synchronized void restart() {
		requireOpen();
		Emulation emulation = this.stoppedEmulation;
		RegistryServer running = this.server;
		if (running != null) {
			emulation = running.emulation();
			stopServer(running);
		}
		start(Journal.NONE, emulation);
	}

	/**
	 * Makes the registry as at first for the next test: it is running, has the delays it
	 * began with, and all stub instances are gone. Connected applications stay registered
	 * and forget the services that they have called.
	 */
	public synchronized void reset() {
		start();
		running().changeEmulation((current) -> this.options.emulation());
		// before it, so that no application sees instances leave; after it, for those
		// that
		// called meanwhile
		this.applications.forget();
		this.stubs.forEach(StubInstance::end);
		this.stubs.clear();
		this.applications.forget();
	}

	/**
	 * Makes operations slow, as on AWS: what is registered, deregistered or created
	 * through the API takes effect after a time. Stub instances are not affected.
	 * @param delay the time; zero for none, and 40 seconds for AWS's
	 */
	public void delayOperations(Duration delay) {
		changeEmulation((emulation) -> emulation.withOperationDelay(delay));
	}

	/**
	 * Makes reports of health slow, as on AWS: they take effect after a time. Stub
	 * instances are not affected.
	 * @param delay the time; zero for none, and 30 seconds for AWS's
	 */
	public void delayHealth(Duration delay) {
		changeEmulation((emulation) -> emulation.withHealthDelay(delay));
	}

	/**
	 * Changes in how far the registry is as slow and as unhelpful as AWS: also the lag of
	 * lookups, failures of operations, throttling and quotas.
	 * @param change makes the new emulation of the one in force
	 * @throws IllegalStateException if the registry is stopped
	 */
	public synchronized void changeEmulation(UnaryOperator<Emulation> change) {
		running().changeEmulation(change);
	}

	/**
	 * Returns assertions of what is registered. They wait until what they say is so; see
	 * {@link RegistryAssert}.
	 * @return the assertions
	 * @deprecated as {@link AssertProvider} asks for: use AssertJ's
	 * {@code assertThat(registry)}
	 */
	@Override
	@Deprecated(since = "0.1.0")
	public RegistryAssert assertThat() {
		return new RegistryAssert(this);
	}

	/**
	 * Ends the registry and its stub instances, and frees all ports. Closing again does
	 * nothing.
	 */
	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.stubs.forEach(StubInstance::close);
		if (this.client != null) {
			this.client.close();
		}
		if (this.server != null) {
			stopServer(this.server);
		}
		release();
	}

	@Override
	public String toString() {
		return "Registry at " + this.httpEndpoint + ". " + content().describe();
	}

	/**
	 * What is registered in the namespace, in an outage what was.
	 */
	synchronized RegisteredContent content() {
		RegistryServer running = this.server;
		return RegisteredContent.of((running != null) ? running.state().snapshot() : this.stopped, this.namespace);
	}

	synchronized void addNamespace(String name) {
		access().addNamespace(name);
		this.namespaces.add(name);
	}

	synchronized DirectAccess access() {
		return new DirectAccess(running().state());
	}

	StubInstance add(String service, String id, Map<String, String> attributes) {
		StubInstance stub = create(service, id, attributes);
		try {
			stub.register();
			return stub;
		}
		catch (RuntimeException ex) {
			stub.close();
			throw ex;
		}
	}

	private synchronized StubInstance create(String service, String id, Map<String, String> attributes) {
		running();
		StubInstance stub = new StubInstance(this, service, id, attributes, nextHost());
		this.stubs.add(stub);
		return stub;
	}

	/**
	 * Waits until connected applications that have called a service know what is
	 * registered of it. Where they are not told of changes, as with a registry like AWS,
	 * this does not wait.
	 */
	void awaitApplications(String service) {
		if (this.options.mode() == RegistryMode.EXTENDED && running().emulation().consistencyDelay().isZero()) {
			this.applications.await(this.namespace, service, () -> content().endpoints(service));
		}
	}

	synchronized String nextId(String service) {
		return service + "-" + this.lastIds.merge(service, 1, Integer::sum);
	}

	/**
	 * AWS takes each address of a service only once.
	 */
	private String nextHost() {
		if (this.options.mode() != RegistryMode.LIKE_AWS) {
			return LOOPBACK;
		}
		this.addresses = this.addresses % OWN_ADDRESSES + 1;
		return OWN_LOOPBACK + this.addresses;
	}

	private void start(Journal journal, Emulation emulation) {
		release();
		RegistryServer started = RegistryServer.start(this.options.withEmulation(emulation), journal);
		this.server = started;
		this.namespaces.forEach(new DirectAccess(started.state())::addNamespace);
	}

	private void stopServer(RegistryServer running) {
		this.stopped = running.state().snapshot();
		running.close();
		this.server = null;
	}

	private void release() {
		if (this.reservation != null) {
			this.reservation.close();
			this.reservation = null;
		}
	}

	private void requireOpen() {
		if (this.closed) {
			throw new IllegalStateException("The registry is closed: it ends with its test, class or context.");
		}
	}

	private synchronized RegistryServer running() {
		requireOpen();
		RegistryServer running = this.server;
		if (running == null) {
			throw new IllegalStateException(
					"The registry is stopped, so nothing in it can change. Call start() first.");
		}
		return running;
	}

	/**
	 * The content of a registry that was stopped, to begin with.
	 *
	 * @param snapshot the content
	 */
	private record KeptContent(RegistrySnapshot snapshot) implements Journal {

		@Override
		public Contents load() {
			return new Contents(this.snapshot.revision(), List.copyOf(this.snapshot.namespaces()),
					this.snapshot.services().stream().map(ServiceState::service).toList(),
					this.snapshot.services().stream().flatMap((state) -> state.instances().values().stream()).toList(),
					List.of());
		}

		@Override
		public void commit(Commit commit) {
		}

		@Override
		public void restore(Contents contents) {
		}

		@Override
		public void close() {
		}

	}

}
