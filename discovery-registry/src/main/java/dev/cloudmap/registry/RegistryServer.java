package dev.cloudmap.registry;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.api.ApiServer;
import dev.cloudmap.registry.api.ApiSettings;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.dns.DnsServer;
import dev.cloudmap.registry.dns.DnsStatistics;
import dev.cloudmap.registry.health.HealthChecker;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.store.MvStoreJournal;
import dev.cloudmap.registry.store.StoreException;
import dev.cloudmap.registry.time.SystemScheduler;

/**
 * A running registry: Cloud Map's API over HTTP and its namespaces over DNS. A JVM can
 * have several.
 */
public final class RegistryServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RegistryServer.class);

	private static final int IO_THREADS = 2;

	private static final long SHUTDOWN_TIMEOUT_MILLIS = 1000;

	/** Lower ports need privileges on many systems. */
	private static final int FIRST_FREE_FOR_ALL = 1024;

	/** The components to close, in this order. */
	private final Deque<AutoCloseable> parts = new ArrayDeque<>();

	private final AtomicReference<Emulation> emulation;

	private final RegistryState state;

	private final ApiServer api;

	private final DnsServer dns;

	private final InetSocketAddress httpAddress;

	private final InetSocketAddress dnsAddress;

	private RegistryServer(RegistryOptions options, Supplier<Journal> opening) {
		InetAddress host = resolve(options.bind());
		this.emulation = new AtomicReference<>(options.emulation());
		try {
			EventLoopGroup group = new MultiThreadIoEventLoopGroup(IO_THREADS,
					new DefaultThreadFactory("registry-io", true), NioIoHandler.newFactory());
			this.parts.push(() -> shutDown(group));
			Journal journal = opening.get();
			this.parts.push(journal);
			SystemScheduler scheduler = new SystemScheduler(group.next());
			this.parts.push(scheduler);
			this.state = new RegistryState(journal, scheduler, this.emulation::get, options.mode());
			this.parts.push(this.state);
			LookupView view = LookupView.of(this.state, this.emulation::get, scheduler);
			HealthReports health = HealthReports.begin(this.state, scheduler, this.emulation::get);
			this.parts.push(HealthChecker.begin(this.state, scheduler, options.checkInterval(), group));
			ApiSettings access = new ApiSettings(AllowedHosts.of(options.bind(), options.allowedHosts()),
					options.credentials(), this.emulation::get,
					(options.emulationEndpoint() == RegistryOptions.EmulationEndpoint.OPEN) ? this.emulation::set
							: null);
			InetSocketAddress http = new InetSocketAddress(host, options.httpPort());
			this.api = bind("HTTP", http, "--http-port",
					() -> ApiServer.bind(group, http, this.state, view, health, scheduler, access));
			this.parts.push(this.api);
			InetSocketAddress udp = new InetSocketAddress(host, options.dnsPort());
			this.dns = bind("DNS", udp, "--dns-port", () -> startDns(group, udp, view, options.dnsForward()));
			this.parts.push(this.dns);
			// A socket on all interfaces can report another form of the address.
			this.httpAddress = new InetSocketAddress(host, this.api.address().getPort());
			this.dnsAddress = new InetSocketAddress(host, this.dns.address().getPort());
			this.api.serve(this.dnsAddress.getPort(), () -> Map.of("dns", members(this.dns.statistics())));
		}
		catch (StoreException ex) {
			close();
			throw new RegistryStartException(String.valueOf(ex.getMessage()), ex);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
		warnBeyondThisMachine(host, options);
	}

	/**
	 * Starts a registry. It processes requests when this method returns.
	 * @param options the options
	 * @return the running registry
	 * @throws AddressInUseException if a port is in use
	 * @throws RegistryStartException if it cannot start for another reason
	 */
	public static RegistryServer start(RegistryOptions options) {
		return new RegistryServer(options, () -> open(options.dataDirectory()));
	}

	/**
	 * Starts a registry with a journal instead of the data directory.
	 * @param options the options; the data directory is not used
	 * @param journal the journal, which is closed with the registry
	 * @return the running registry
	 * @throws AddressInUseException if a port is in use
	 * @throws RegistryStartException if it cannot start for another reason
	 */
	public static RegistryServer start(RegistryOptions options, Journal journal) {
		return new RegistryServer(options, () -> journal);
	}

	/**
	 * Returns statistics as the members of a JSON object.
	 */
	private static Map<String, Object> members(DnsStatistics statistics) {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("udpQueries", statistics.udpQueries());
		members.put("tcpQueries", statistics.tcpQueries());
		members.put("responses", statistics.responses());
		members.put("truncated", statistics.truncated());
		members.put("malformed", statistics.malformed());
		members.put("dropped", statistics.dropped());
		return members;
	}

	private static DnsServer startDns(EventLoopGroup group, InetSocketAddress address, LookupView view,
			List<InetSocketAddress> upstreams) throws IOException {
		try {
			return DnsServer.start(group, address, view, upstreams);
		}
		catch (IllegalArgumentException ex) {
			throw new RegistryStartException(String.valueOf(ex.getMessage()), ex);
		}
	}

	private static void warnBeyondThisMachine(InetAddress host, RegistryOptions options) {
		if (host.isLoopbackAddress()) {
			return;
		}
		if (!options.credentials().areRequired()) {
			logger.warn("The registry listens on {}, which other machines can reach, and requires no credentials",
					options.bind());
		}
		if (!options.dnsForward().isEmpty()) {
			logger
				.warn("The DNS server of the registry listens on {}, which other machines can reach, and forwards all "
						+ "queries: it is an open resolver. Restrict access to it", options.bind());
		}
	}

	private static Journal open(@Nullable Path dataDirectory) {
		if (dataDirectory == null) {
			return Journal.NONE;
		}
		try {
			return MvStoreJournal.open(dataDirectory);
		}
		catch (StoreException ex) {
			throw new RegistryStartException(String.valueOf(ex.getMessage()), ex);
		}
		catch (NoClassDefFoundError ex) {
			throw new RegistryStartException("A data directory needs com.h2database:h2-mvstore on the class path. "
					+ "Add it, or remove the data directory to store nothing.", ex);
		}
	}

	private static InetAddress resolve(String bind) {
		try {
			return InetAddress.getByName(bind);
		}
		catch (UnknownHostException ex) {
			throw new RegistryStartException(
					"Cannot listen on '%s': it is neither an address nor a known host name.".formatted(bind), ex);
		}
	}

	private static <T> T bind(String what, InetSocketAddress address, String option, Binding<T> binding) {
		String shown = hostAndPort(address);
		try {
			return binding.bind();
		}
		catch (BindException ex) {
			if (isTaken(address, ex)) {
				throw new AddressInUseException(
						("The %s port %d on %s is in use by another process, which may be another "
								+ "registry. Stop that process, or choose another port with %s (0 selects a free port).")
							.formatted(what, address.getPort(), NetUtil.toAddressString(address.getAddress()), option),
						address, ex);
			}
			throw new RegistryStartException("Cannot listen on %s for %s: %s. Is it an address of this machine?"
				.formatted(shown, what, ex.getMessage()), ex);
		}
		catch (IOException ex) {
			throw new RegistryStartException("Cannot listen on %s for %s: %s.".formatted(shown, what, ex.getMessage()),
					ex);
		}
	}

	/**
	 * Distinguishes a port in use from an invalid address by binding another port of the
	 * address, because the message of the exception is localized. A port below 1024 can
	 * also be forbidden.
	 */
	private static boolean isTaken(InetSocketAddress address, BindException cause) {
		if (address.getPort() < FIRST_FREE_FOR_ALL) {
			return String.valueOf(cause.getMessage()).contains("in use");
		}
		try (ServerSocket another = new ServerSocket(0, 1, address.getAddress())) {
			return another.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Returns the address of the API.
	 * @return the address with the actual port
	 */
	public InetSocketAddress httpAddress() {
		return this.httpAddress;
	}

	/**
	 * Returns whether the API is available.
	 * @return false after the registry was closed or its server has failed
	 */
	public boolean isListening() {
		return this.api.isListening();
	}

	/**
	 * Returns the address of DNS over UDP and TCP.
	 * @return the address with the actual port
	 */
	public InetSocketAddress dnsAddress() {
		return this.dnsAddress;
	}

	/**
	 * Returns the statistics of the DNS server since the start.
	 * @return the statistics
	 */
	public DnsStatistics dnsStatistics() {
		return this.dns.statistics();
	}

	/**
	 * Returns the current emulation settings. Clients can change them if
	 * {@link RegistryOptions.EmulationEndpoint} allows it.
	 * @return the current emulation settings
	 */
	public Emulation emulation() {
		return Objects.requireNonNull(this.emulation.get());
	}

	/**
	 * Changes the emulation settings. Operations in progress are not affected.
	 * @param change computes the new settings, without side effects
	 */
	public void changeEmulation(UnaryOperator<Emulation> change) {
		this.emulation.updateAndGet(change);
	}

	/**
	 * Returns the content of the registry, for direct access without the API and its
	 * limits. The registry closes it.
	 * @return the content
	 */
	public RegistryState state() {
		return this.state;
	}

	/**
	 * Returns the endpoint for clients on this machine.
	 * @return the endpoint, such as {@code http://127.0.0.1:8054}
	 */
	public URI endpoint() {
		InetAddress address = this.httpAddress.getAddress();
		return URI.create("http://" + hostAndPort(address.isAnyLocalAddress()
				? new InetSocketAddress(InetAddress.getLoopbackAddress(), this.httpAddress.getPort())
				: this.httpAddress));
	}

	/**
	 * Stops the registry: closes the ports and ends the threads. Idempotent.
	 */
	@Override
	public void close() {
		synchronized (this.parts) {
			while (!this.parts.isEmpty()) {
				try {
					this.parts.pop().close();
				}
				catch (Exception ex) {
					logger.warn("A component of the registry failed to close", ex);
				}
			}
		}
	}

	static String hostAndPort(InetSocketAddress address) {
		return NetUtil.toSocketAddressString(address);
	}

	private static void shutDown(EventLoopGroup group) {
		group.shutdownGracefully(0, SHUTDOWN_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
	}

	/**
	 * Binds an address.
	 *
	 * @param <T> the type of the server
	 */
	@FunctionalInterface
	private interface Binding<T> {

		T bind() throws IOException;

	}

}
