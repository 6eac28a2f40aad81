package dev.cloudmap.discovery.test;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;

/**
 * A registry for a single test, in the test's JVM, on free ports of 127.0.0.1: Cloud
 * Map's API and DNS. Initially it has one namespace, which has DNS, and no services.
 * <p>
 * Tests obtain it from {@link RegistryExtension}, from
 * {@link dev.cloudmap.discovery.test.autoconfigure.AutoConfigureDiscoveryRegistry} or
 * from {@link #create()}. AssertJ's {@code assertThat(registry)} returns a
 * {@link RegistryAssert}. Thread-safe. Any number of registries run at the same time.
 */
public final class TestRegistry implements AutoCloseable, AssertProvider<RegistryAssert> {

	/** The default name of the namespace. */
	public static final String DEFAULT_NAMESPACE = "corp";

	static final String REGION = "us-east-1";

	/** The first call loads the SDK's classes, which takes time on a busy machine. */
	private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);

	private static final String LOOPBACK = "127.0.0.1";

	/** The first three octets of the addresses of instances of a registry like AWS. */
	private static final String OWN_LOOPBACK = "127.0.1.";

	private static final int OWN_ADDRESSES = 254;

	private final String namespace;

	/** Guarded by this registry's monitor, except for its options and addresses. */
	private final RestartableServer server;

	private final List<StubInstance> stubs = new ArrayList<>();

	/** Numbers are not reused, because callers store failures by the instance's id. */
	private final Map<String, Integer> lastIds = new HashMap<>();

	private final ConnectedApplications applications = new ConnectedApplications();

	private int addresses;

	private @Nullable ServiceDiscoveryClient client;

	private boolean closed;

	private TestRegistry(String namespace, RegistryOptions options) {
		this.namespace = namespace;
		this.server = new RestartableServer(options);
		try {
			addNamespace(namespace);
		}
		catch (RuntimeException ex) {
			this.server.close();
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
	 * Creates and starts a registry with custom options, such as
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
	 * Returns the name of the registry's initial namespace.
	 * @return the namespace of {@link #service(String)} and of assertions
	 */
	public String namespace() {
		return this.namespace;
	}

	/**
	 * Returns the endpoint of Cloud Map's API, for {@code discovery.cloud-map.endpoint}
	 * and the AWS SDK.
	 * @return the endpoint, such as {@code http://127.0.0.1:4711}, which never changes
	 */
	public URI httpEndpoint() {
		return this.server.endpoint();
	}

	/**
	 * Returns the address of DNS, for UDP and TCP.
	 * @return the address and port, which never change
	 */
	public InetSocketAddress dnsAddress() {
		return this.server.dnsAddress();
	}

	/**
	 * Returns an AWS SDK client of this registry, for operations without a method in this
	 * class. It sends unsigned requests and is closed with the registry.
	 * @return the client, the same each time
	 */
	public synchronized ServiceDiscoveryClient client() {
		requireOpen();
		ServiceDiscoveryClient current = this.client;
		if (current == null) {
			ServiceDiscoveryClientBuilder builder = CloudMapClients.builder(new CloudMapConnection(httpEndpoint(),
					REGION, AnonymousCredentialsProvider.create(), List.of(dnsAddress())));
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
	 * Connects an application with this registry, regardless of its own configuration: it
	 * looks up services and is registered here. This is an initializer of application
	 * contexts, as in
	 * {@code new SpringApplicationBuilder(...).initializers(registry::connect)} and
	 * {@code new ApplicationContextRunner().withInitializer(registry::connect)}.
	 * @param context the application's context, before it is refreshed. If
	 * {@code discovery.namespace} is set, the namespace is added to the registry;
	 * otherwise the application uses {@link #namespace()}
	 */
	public void connect(ConfigurableApplicationContext context) {
		RegistryConnection.connect(context, this);
		this.applications.add(context);
	}

	/**
	 * Returns a service for which stub instances can be started. The service is created
	 * with its first instance.
	 * @param name the name by which it is called
	 * @return the service
	 * @throws dev.cloudmap.discovery.InvalidNameException if no service can have the name
	 */
	public StubService service(String name) {
		ServiceName valid = new ServiceName(new Namespace(this.namespace), name);
		return new StubService(this, valid.name());
	}

	/**
	 * Stops the registry, as in an outage: its ports refuse connections. {@link #start()}
	 * restores its content. Stub instances continue to serve. Operations in progress, in
	 * a registry with delays, are lost. Does nothing if the registry is stopped.
	 */
	public synchronized void stop() {
		requireOpen();
		this.server.stop();
	}

	/**
	 * Ends an outage: the registry answers on the same ports with its former content. All
	 * leases are renewed. Does nothing if the registry is running.
	 */
	public synchronized void start() {
		requireOpen();
		this.server.start();
	}

	/**
	 * Restarts the registry, running or stopped, on the same ports, with its namespaces
	 * but without services and instances, as after a loss of its content. Applications
	 * register again after a delay. Stub instances continue to serve and are registered
	 * by {@link StubInstance#recovered()}.
	 */
	public synchronized void restart() {
		requireOpen();
		this.server.restart();
	}

	/**
	 * Resets the registry for the next test: it is running with its initial delays, and
	 * all stub instances end. Connected applications stay registered, and their catalogs
	 * are cleared.
	 */
	public synchronized void reset() {
		start();
		running().changeEmulation((current) -> this.server.options().emulation());
		// clear catalogs before the instances end, so that applications do not observe
		// their end, and again afterwards, for calls in the meantime
		this.applications.clear();
		this.stubs.forEach(StubInstance::end);
		this.stubs.clear();
		this.applications.clear();
	}

	/**
	 * Delays the effect of operations through the API, such as registrations, as on AWS.
	 * Stub instances are not affected.
	 * @param delay the delay; zero for none, 40 seconds for that of AWS
	 */
	public void delayOperations(Duration delay) {
		changeEmulation((emulation) -> emulation.withOperationDelay(delay));
	}

	/**
	 * Delays the effect of health reports, as on AWS. Stub instances are not affected.
	 * @param delay the delay; zero for none, 30 seconds for that of AWS
	 */
	public void delayHealth(Duration delay) {
		changeEmulation((emulation) -> emulation.withHealthDelay(delay));
	}

	/**
	 * Changes the emulation of AWS: delays, the lag of lookups, failures of operations,
	 * throttling and quotas.
	 * @param change returns the new emulation for the current one
	 * @throws IllegalStateException if the registry is stopped
	 */
	public synchronized void changeEmulation(UnaryOperator<Emulation> change) {
		running().changeEmulation(change);
	}

	/**
	 * Returns assertions on the registry's content, which wait until they are satisfied;
	 * see {@link RegistryAssert}.
	 * @return the assertions
	 * @deprecated as specified by {@link AssertProvider}, in favor of AssertJ's
	 * {@code assertThat(registry)}
	 */
	@Override
	@Deprecated(since = "0.1.0")
	public RegistryAssert assertThat() {
		return new RegistryAssert(this);
	}

	/**
	 * Ends the registry and its stub instances, and releases all ports. Does nothing if
	 * the registry is closed.
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
		this.server.close();
	}

	@Override
	public String toString() {
		return "Registry at " + httpEndpoint() + ". " + content().describe();
	}

	/**
	 * Returns the content of the namespace; in an outage, the content before it.
	 */
	synchronized RegisteredContent content() {
		return RegisteredContent.of(this.server.snapshot(), this.namespace);
	}

	synchronized void addNamespace(String name) {
		requireOpen();
		this.server.addNamespace(name);
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
	 * Waits until connected applications that have called a service have its current
	 * instances. Does not wait if applications receive no change notifications, as with a
	 * registry like AWS.
	 */
	void awaitApplications(String service) {
		if (this.server.options().mode() == RegistryMode.EXTENDED
				&& running().emulation().consistencyDelay().isZero()) {
			this.applications.await(this.namespace, service, () -> content().endpoints(service));
		}
	}

	synchronized String nextId(String service) {
		return service + "-" + this.lastIds.merge(service, 1, Integer::sum);
	}

	/**
	 * AWS accepts each address only once per service.
	 */
	private String nextHost() {
		if (this.server.options().mode() != RegistryMode.LIKE_AWS) {
			return LOOPBACK;
		}
		this.addresses = this.addresses % OWN_ADDRESSES + 1;
		return OWN_LOOPBACK + this.addresses;
	}

	private void requireOpen() {
		if (this.closed) {
			throw new IllegalStateException("The registry is closed: it ends with its test, class or context.");
		}
	}

	private synchronized RegistryServer running() {
		requireOpen();
		return this.server.running();
	}

}
