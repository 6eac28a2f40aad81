package dev.cloudmap.discovery.registry.embedded;

import java.net.URI;
import java.time.Duration;
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
import dev.cloudmap.discovery.registry.cloudmap.SharedSecret;
import dev.cloudmap.discovery.registry.embedded.Membership.Role;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.registry.AddressInUseException;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.api.signature.Credentials;

/**
 * Decides where the embedded registry of this machine runs: the application that finds
 * the port free hosts it, every other one joins. Asked again after the host has gone, it
 * decides anew.
 */
public final class HostOrJoin implements AutoCloseable {

	private static final String LOOPBACK = "127.0.0.1";

	private static final int MAX_PORT = 65_535;

	/**
	 * How often to look again when another application takes, or leaves, the port at the
	 * same moment.
	 */
	private static final int MAX_ATTEMPTS = 5;

	private static final Logger logger = LoggerFactory.getLogger(HostOrJoin.class);

	private final int dnsPort;

	private final @Nullable SharedSecret secret;

	private final RegistryProbe probe;

	private final Mode mode;

	private final AtomicReference<@Nullable CompletableFuture<Membership>> deciding = new AtomicReference<>();

	private volatile int httpPort;

	private volatile @Nullable Membership membership;

	private volatile @Nullable RegistryServer server;

	private volatile @Nullable String problem;

	private volatile boolean mayHost = true;

	/**
	 * Creates the decision for an {@linkplain Mode#EXTENDED extended} registry.
	 * @param httpPort the port of the registry's API; 0 hosts one on a free port
	 * @param dnsPort the port of its DNS server, if this application hosts it; where it
	 * is taken, or 0, a free one is used
	 * @throws DiscoveryException if either is no port
	 */
	public HostOrJoin(int httpPort, int dnsPort) {
		this(httpPort, dnsPort, null, Mode.EXTENDED);
	}

	/**
	 * Creates the decision, which is made when it is first asked for.
	 * @param httpPort the port of the registry's API; 0 hosts one on a free port
	 * @param dnsPort the port of its DNS server, if this application hosts it; where it
	 * is taken, or 0, a free one is used
	 * @param secret what host and members have to prove that they have; null for none
	 * @param mode what the registry does beyond Cloud Map, if this application hosts it
	 * @throws DiscoveryException if either is no port
	 */
	public HostOrJoin(int httpPort, int dnsPort, @Nullable SharedSecret secret, Mode mode) {
		requirePort("discovery.embedded.http-port", httpPort);
		requirePort("discovery.embedded.dns-port", dnsPort);
		this.httpPort = httpPort;
		this.dnsPort = dnsPort;
		this.secret = secret;
		this.probe = new RegistryProbe(secret);
		this.mode = mode;
	}

	private static void requirePort(String property, int port) {
		if (port < 0 || port > MAX_PORT) {
			throw new DiscoveryException(property + " is " + port + ": expected 0 to " + MAX_PORT,
					"Correct " + property, null);
		}
	}

	/**
	 * What was decided last; null before the first decision.
	 */
	public @Nullable Membership membership() {
		return this.membership;
	}

	/**
	 * Makes sure that there is a registry: joins the one that answers, or hosts one.
	 * Concurrent callers share one attempt.
	 * @return what this application is to it, never null
	 * @throws PortTakenException if something that is no registry serves the port
	 */
	public Membership ensure() {
		return ensure(RegistryProbe.TIMEOUT);
	}

	/**
	 * Makes sure that there is a registry, as {@link #ensure()} does.
	 * @param timeout how long the program that serves the port may take to answer, if
	 * this caller makes the attempt
	 * @throws RegistryUnavailableException if it gives no answer in time
	 */
	Membership ensure(Duration timeout) {
		CompletableFuture<Membership> attempt = new CompletableFuture<>();
		CompletableFuture<Membership> current = this.deciding.compareAndExchange(null, attempt);
		if (current != null) {
			return Futures.join(current);
		}
		try {
			attempt.complete(decide(timeout));
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

	private Membership decide(Duration timeout) {
		Membership before = this.membership;
		Membership decided = tryDecide(timeout);
		if (!decided.equals(before)) {
			logger.info("{} the embedded registry at {}, DNS at {}:{}{}",
					(decided.role() == Role.HOST) ? "Hosting" : "Joined", decided.endpoint(),
					decided.dns().getHostString(), decided.dns().getPort(),
					(before != null) ? ", because the one before is gone" : "");
			reportOtherMode(decided);
		}
		this.membership = decided;
		return decided;
	}

	/**
	 * A member follows what the registry can do, whatever its own setting.
	 */
	private void reportOtherMode(Membership decided) {
		if (decided.role() == Role.MEMBER && !decided.capabilities().equals(capabilities())) {
			logger.warn(
					"The registry at {} {}, other than discovery.embedded.like-aws={} of this application: what the"
							+ " registry does counts",
					decided.endpoint(), decided.capabilities().isEmpty()
							? "is like AWS, without leases and change notifications" : "has " + decided.capabilities(),
					this.mode == Mode.LIKE_AWS);
		}
	}

	private Set<Capability> capabilities() {
		return (this.mode == Mode.EXTENDED) ? EnumSet.allOf(Capability.class) : Set.of();
	}

	private Membership tryDecide(Duration timeout) {
		AddressInUseException lastFailure = null;
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			if (this.httpPort != 0) {
				URI endpoint = URI.create("http://" + LOOPBACK + ":" + this.httpPort);
				Optional<RegistryProbe.Found> found = this.probe.find(endpoint, timeout);
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
				lastFailure);
	}

	/**
	 * The role of this application where a registry answers. If its own server does not
	 * listen any more, the one that answers is of another application.
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

	private static DiscoveryException stopping() {
		return new DiscoveryException("The application is stopping: it hosts no registry any more");
	}

	private RegistryServer start() {
		RegistryOptions defaults = RegistryOptions.defaults();
		RegistryOptions options = ((this.mode == Mode.LIKE_AWS) ? defaults.withLikeAws() : defaults).withBind(LOOPBACK)
			.withHttpPort(this.httpPort)
			.withCredentials(credentials())
			// DNS takes the port for TCP too
			.withDnsPort((this.dnsPort != this.httpPort) ? this.dnsPort : 0);
		try {
			return RegistryServer.start(options);
		}
		catch (AddressInUseException ex) {
			if (this.httpPort != 0 && ex.address().getPort() == this.httpPort) {
				throw ex;
			}
			logger.info("Port {} is taken: the embedded registry answers DNS on a free port instead", this.dnsPort);
			return RegistryServer.start(options.withDnsPort(0));
		}
	}

	private Credentials credentials() {
		return (this.secret == null) ? Credentials.NONE
				: Credentials.of(SharedSecret.ACCESS_KEY_ID, this.secret.resolveCredentials().secretAccessKey());
	}

	/**
	 * How much is registered; empty where the registry does not say it.
	 */
	Optional<RegistryPresence> presence(URI endpoint) {
		return this.probe.presence(endpoint);
	}

	/**
	 * Why there is no registry to use; null where there is one, or before the first
	 * decision.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Lets this application host a registry, as it may from the beginning, again after it
	 * was closed.
	 */
	void open() {
		this.mayHost = true;
	}

	/**
	 * Lets this application take over no registry: it is about to stop. The one that it
	 * hosts already goes on.
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

	/**
	 * What a registry that this application hosts does beyond Cloud Map's API.
	 */
	public enum Mode {

		/** It has all capabilities. */
		EXTENDED,

		/** It differs from AWS Cloud Map as little as it can, and has none. */
		LIKE_AWS

	}

}
