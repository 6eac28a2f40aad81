package dev.cloudmap.discovery.registry.embedded;

import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.embedded.Membership.Role;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.registry.AddressInUseException;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.api.signature.Credentials;

/**
 * Decides whether this application hosts or joins the embedded registry of this machine.
 * The application that finds the port free hosts it, all others join. After the host has
 * stopped, the decision is made again.
 */
public final class HostOrJoin implements AutoCloseable {

	private static final String LOOPBACK = "127.0.0.1";

	private static final int MAX_PORT = 65_535;

	/**
	 * Number of attempts if another application binds or releases the port at the same
	 * time.
	 */
	private static final int MAX_ATTEMPTS = 5;

	private static final Logger logger = LoggerFactory.getLogger(HostOrJoin.class);

	private final int dnsPort;

	private final @Nullable SharedSecret secret;

	private final RegistryProbe probe;

	private final boolean likeAws;

	private final Hosting hosting;

	private final AtomicReference<@Nullable CompletableFuture<Membership>> deciding = new AtomicReference<>();

	private volatile int httpPort;

	private volatile @Nullable Membership membership;

	private volatile @Nullable RegistryServer server;

	private volatile @Nullable String problem;

	private volatile boolean mayHost = true;

	/**
	 * Creates an instance. The first call of {@link #ensure()} decides.
	 * @param httpPort the port of the registry's API; 0 hosts one on a free port
	 * @param dnsPort the port of its DNS server, if this application hosts it; if it is 0
	 * or in use, a free port is used
	 * @param secret the secret of which host and members prove possession; null for none
	 * @param likeAws whether a registry that this application hosts is like AWS Cloud Map
	 * as far as possible, without further capabilities
	 * @throws DiscoveryException if a port is out of range
	 */
	public HostOrJoin(int httpPort, int dnsPort, @Nullable SharedSecret secret, boolean likeAws) {
		this(httpPort, dnsPort, secret, likeAws, Hosting.ALLOWED);
	}

	private HostOrJoin(int httpPort, int dnsPort, @Nullable SharedSecret secret, boolean likeAws, Hosting hosting) {
		requirePort("discovery.embedded.http-port", httpPort);
		requirePort("discovery.embedded.dns-port", dnsPort);
		this.httpPort = httpPort;
		this.dnsPort = dnsPort;
		this.secret = secret;
		this.probe = new RegistryProbe(secret);
		this.likeAws = likeAws;
		this.hosting = hosting;
	}

	/**
	 * Creates an instance that only joins: if no registry answers, {@link #ensure()}
	 * fails with {@link RegistryUnavailableException}.
	 * @param httpPort the port of the registry's API
	 * @param secret the secret of which host and members prove possession; null for none
	 * @param likeAws whether the registry is expected to be like AWS Cloud Map
	 * @throws DiscoveryException if the port is out of range
	 */
	public static HostOrJoin joinOnly(int httpPort, @Nullable SharedSecret secret, boolean likeAws) {
		return new HostOrJoin(httpPort, 0, secret, likeAws, Hosting.NEVER);
	}

	private static void requirePort(String property, int port) {
		if (port < 0 || port > MAX_PORT) {
			throw new DiscoveryException(property + " is " + port + ": expected 0 to " + MAX_PORT,
					"Correct " + property, null);
		}
	}

	/**
	 * Returns the last decision; null before the first one.
	 */
	public @Nullable Membership membership() {
		return this.membership;
	}

	/**
	 * Ensures that there is a registry: joins the registry that answers, or hosts one.
	 * Concurrent callers share one attempt.
	 * @return the membership of this application
	 * @throws PortTakenException if another program uses the port
	 */
	public Membership ensure() {
		CompletableFuture<Membership> attempt = new CompletableFuture<>();
		CompletableFuture<Membership> current = this.deciding.compareAndExchange(null, attempt);
		if (current != null) {
			return Futures.join(current);
		}
		try {
			attempt.complete(decide());
			this.problem = null;
		}
		catch (RuntimeException | Error ex) {
			this.problem = ex.getMessage();
			attempt.completeExceptionally(ex);
		}
		finally {
			this.deciding.set(null);
		}
		return Futures.join(attempt);
	}

	private Membership decide() {
		Membership before = this.membership;
		Membership decided = tryDecide();
		if (!decided.equals(before)) {
			logger.info("{} the embedded registry at {}, DNS at {}:{}{}",
					(decided.role() == Role.HOST) ? "Hosting" : "Joined", decided.endpoint(),
					decided.dns().getHostString(), decided.dns().getPort(),
					(before != null) ? ", because the previous one is no longer available" : "");
			reportOtherMode(decided);
		}
		this.membership = decided;
		return decided;
	}

	/**
	 * A member uses the capabilities of the registry, regardless of its own setting.
	 */
	private void reportOtherMode(Membership decided) {
		if (decided.role() == Role.MEMBER && !decided.capabilities().equals(capabilities())) {
			logger.warn(
					"The registry at {} {}, in contrast to discovery.embedded.like-aws={} of this application."
							+ " The behavior of the registry applies",
					decided.endpoint(), decided.capabilities().isEmpty()
							? "is like AWS, without leases and change notifications" : "has " + decided.capabilities(),
					this.likeAws);
		}
	}

	private Set<Capability> capabilities() {
		return this.likeAws ? Set.of() : EnumSet.allOf(Capability.class);
	}

	private Membership tryDecide() {
		AddressInUseException lastFailure = null;
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			if (this.httpPort != 0) {
				URI endpoint = URI.create("http://" + LOOPBACK + ":" + this.httpPort);
				Optional<RegistryProbe.Found> found = this.probe.find(endpoint, RegistryProbe.TIMEOUT);
				if (found.isPresent()) {
					return new Membership(role(), endpoint, found.get().dns(), found.get().capabilities());
				}
			}
			try {
				return host();
			}
			catch (AddressInUseException ex) {
				lastFailure = ex;
			}
			catch (RegistryStartException ex) {
				throw new DiscoveryException("The embedded registry could not start: " + ex.getMessage(), ex);
			}
		}
		throw new DiscoveryException("Port " + this.httpPort + " is neither free nor served by a registry",
				"Stop the program that uses it, or set discovery.embedded.http-port to another port, the same for all"
						+ " your applications",
				lastFailure);
	}

	/**
	 * Returns the role of this application if a registry answers. If its own server no
	 * longer listens, the registry belongs to another application.
	 */
	private Role role() {
		RegistryServer own = this.server;
		if (own == null) {
			return Role.MEMBER;
		}
		if (own.isListening()) {
			return Role.HOST;
		}
		this.server = null;
		own.close();
		return Role.MEMBER;
	}

	private Membership host() {
		if (this.hosting == Hosting.NEVER) {
			throw missing();
		}
		if (!this.mayHost) {
			throw stopping();
		}
		RegistryServer dead = this.server;
		if (dead != null) {
			dead.close();
		}
		RegistryServer started = start();
		this.server = started;
		this.httpPort = started.httpAddress().getPort();
		if (!this.mayHost) {
			close();
			throw stopping();
		}
		return new Membership(Role.HOST, started.endpoint(), started.dnsAddress(), capabilities());
	}

	private DiscoveryException missing() {
		return (this.httpPort == 0)
				? new DiscoveryException("discovery.embedded.http-port is 0: there is no registry to join",
						"Set it to the port of the registry that other applications use", null)
				: new RegistryUnavailableException(
						"No registry answers at http://" + LOOPBACK + ":" + this.httpPort + ", and none is hosted here",
						null);
	}

	private static DiscoveryException stopping() {
		return new DiscoveryException("The application is stopping and no longer hosts a registry");
	}

	private RegistryServer start() {
		RegistryOptions defaults = RegistryOptions.defaults();
		RegistryOptions options = (this.likeAws ? defaults.withLikeAws() : defaults).withBind(LOOPBACK)
			.withHttpPort(this.httpPort)
			.withCredentials(credentials())
			// DNS also uses its port for TCP
			.withDnsPort((this.dnsPort != this.httpPort) ? this.dnsPort : 0);
		try {
			return RegistryServer.start(options);
		}
		catch (AddressInUseException ex) {
			if (this.httpPort != 0 && ex.address().getPort() == this.httpPort) {
				throw ex;
			}
			logger.info("Port {} is in use. The embedded registry serves DNS on a free port instead", this.dnsPort);
			return RegistryServer.start(options.withDnsPort(0));
		}
	}

	private Credentials credentials() {
		return (this.secret == null) ? Credentials.NONE
				: Credentials.of(SharedSecret.ACCESS_KEY_ID, this.secret.resolveCredentials().secretAccessKey());
	}

	/**
	 * Returns the numbers of instances and watchers; empty if the registry does not
	 * report them.
	 */
	Optional<RegistryPresence> presence(URI endpoint) {
		return this.probe.presence(endpoint);
	}

	/**
	 * Returns the reason why there is no registry; null if there is one, or before the
	 * first decision.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Allows this application to host a registry again after it was closed.
	 */
	void open() {
		this.mayHost = true;
	}

	/**
	 * Prevents this application from hosting a new registry, because it is about to stop.
	 * A registry that it already hosts continues.
	 */
	void stopTakingOver() {
		this.mayHost = false;
	}

	/**
	 * Stops the registry if it runs in this application. Another application takes over.
	 */
	@Override
	public void close() {
		this.mayHost = false;
		RegistryServer hosted = this.server;
		this.server = null;
		if (hosted != null) {
			hosted.close();
		}
	}

	/** Whether this application may host a registry. */
	private enum Hosting {

		ALLOWED, NEVER

	}

}
