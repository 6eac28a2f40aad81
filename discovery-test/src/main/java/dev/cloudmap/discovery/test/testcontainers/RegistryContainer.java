package dev.cloudmap.discovery.test.testcontainers;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitAllStrategy;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.autoconfigure.docker.RegistryConnectionDetails;

/**
 * Testcontainers implementation for the registry. With {@code @ServiceConnection}, an
 * application uses it without further configuration.
 * <p>
 * The API and DNS over TCP are available through mapped ports of the host. Testcontainers
 * does not map UDP ports, but containers in the same network can use DNS over UDP. The
 * registry answers requests for {@link #getHost()}, for the
 * {@linkplain #withNetworkAliases network aliases}, and for hosts added by
 * {@link #withAllowedHosts}.
 * <p>
 * Options are set before the start. After {@link #stop()}, {@link #start()} runs a new
 * container with the same options, other mapped ports, and no instances. Options without
 * a method, such as {@code --throttling}, are set by {@link #withCommand(String...)}. Not
 * thread-safe.
 */
public class RegistryContainer extends GenericContainer<RegistryContainer> {

	/** The port of the API in the container. */
	public static final int HTTP_PORT = RegistryConnectionDetails.HTTP_PORT;

	/** The port of DNS in the container, UDP and TCP. */
	public static final int DNS_PORT = RegistryConnectionDetails.DNS_PORT;

	private static final Duration STARTUP_TIMEOUT = Duration.ofMinutes(1);

	private static final String KEYS_VARIABLE = "REGISTRY_ACCESS_KEYS";

	private final Map<String, List<String>> options = new LinkedHashMap<>();

	private final List<String> allowedHosts = new ArrayList<>();

	/**
	 * Creates a container that is not started yet.
	 * @param image the image of the registry, such as {@code discovery-registry:0.1.0}
	 */
	public RegistryContainer(String image) {
		this(DockerImageName.parse(image));
	}

	/**
	 * Creates a container that is not started yet.
	 * @param image the image of the registry
	 */
	public RegistryContainer(DockerImageName image) {
		this(new RemoteDockerImage(image));
	}

	/**
	 * Creates a container that is not started yet.
	 * @param image the image of the registry, such as an {@code ImageFromDockerfile}
	 */
	public RegistryContainer(Future<String> image) {
		super(image);
		addExposedPorts(HTTP_PORT, DNS_PORT);
		waitingFor(new WaitAllStrategy().withStrategy(Wait.forLogMessage(".*ready http=.*", 1))
			.withStrategy(Wait.forHttp("/").forPort(HTTP_PORT))
			.withStartupTimeout(STARTUP_TIMEOUT));
		withCreateContainerCmdModifier((command) -> command.withCmd(arguments(getHost())));
	}

	/**
	 * Makes the registry behave like AWS Cloud Map: with its delays, rates and quotas,
	 * and without leases and change notifications. {@link #withOperationDelay} and
	 * {@link #withHealthDelay} still apply.
	 * @return this container
	 */
	public RegistryContainer withLikeAws() {
		return withOption("--like-aws");
	}

	/**
	 * Delays the effect of operations, such as a registration.
	 * @param delay the time until they have an effect
	 * @return this container
	 */
	public RegistryContainer withOperationDelay(Duration delay) {
		return withOption("--operation-delay", delay.toString());
	}

	/**
	 * Delays the effect of health reports.
	 * @param delay the time until they have an effect
	 * @return this container
	 */
	public RegistryContainer withHealthDelay(Duration delay) {
		return withOption("--health-delay", delay.toString());
	}

	/**
	 * Delays the effect of changes on lookups through the API and DNS.
	 * @param delay the time until lookups return a change
	 * @return this container
	 */
	public RegistryContainer withConsistencyDelay(Duration delay) {
		return withOption("--consistency-delay", delay.toString());
	}

	/**
	 * Makes the registry reject requests that are not signed with these credentials.
	 * @param accessKeyId the access key id
	 * @param secretAccessKey the secret access key
	 * @return this container
	 */
	public RegistryContainer withCredentials(String accessKeyId, String secretAccessKey) {
		return withEnv(RegistryConnectionDetails.CREDENTIALS_VARIABLE, "env:" + KEYS_VARIABLE).withEnv(KEYS_VARIABLE,
				accessKeyId + ":" + secretAccessKey);
	}

	/**
	 * Adds host names under which the API may be called, such as a name in a test's DNS.
	 * @param names the names, without scheme and port
	 * @return this container
	 */
	public RegistryContainer withAllowedHosts(String... names) {
		this.allowedHosts.addAll(List.of(names));
		return this;
	}

	/**
	 * Makes the registry forward queries for names outside its namespaces to other DNS
	 * servers, so that containers can use it as their only resolver.
	 * @param servers the servers, each as an IP address with or without a port
	 * @return this container
	 */
	public RegistryContainer withDnsForward(String... servers) {
		return withOption("--dns-forward", String.join(",", servers));
	}

	/**
	 * Adds aliases in the network, each also with the prefix {@code data-}, with which
	 * AWS SDKs prefix the host name for {@code DiscoverInstances}.
	 */
	@Override
	public RegistryContainer withNetworkAliases(String... aliases) {
		return super.withNetworkAliases(
				Stream.of(aliases).flatMap((alias) -> Stream.of(alias, "data-" + alias)).toArray(String[]::new));
	}

	/**
	 * Returns the endpoint of the API for clients on the host.
	 * @throws IllegalStateException if the container is not running
	 */
	public URI httpEndpoint() {
		return URI.create("http://" + getHost() + ":" + getMappedPort(HTTP_PORT));
	}

	/**
	 * Returns the address of DNS over TCP for clients on the host.
	 * @throws IllegalStateException if the container is not running
	 */
	public InetSocketAddress dnsAddress() {
		return new InetSocketAddress(getHost(), getMappedPort(DNS_PORT));
	}

	/**
	 * The arguments of the registry: its options, then the configured command.
	 * @param host the host name under which the container is reached
	 */
	List<String> arguments(String host) {
		List<String> arguments = new ArrayList<>();
		this.options.forEach((name, values) -> {
			arguments.add(name);
			arguments.addAll(values);
		});
		List<String> names = Stream.of(List.of(host), getNetworkAliases(), this.allowedHosts)
			.flatMap(List::stream)
			.filter((name) -> IpLiteral.find(name) == null)
			.distinct()
			.toList();
		arguments.addAll(List.of("--allowed-hosts", String.join(",", names)));
		arguments.addAll(List.of(getCommandParts()));
		return arguments;
	}

	private RegistryContainer withOption(String name, String... values) {
		this.options.put(name, List.of(values));
		return this;
	}

}
