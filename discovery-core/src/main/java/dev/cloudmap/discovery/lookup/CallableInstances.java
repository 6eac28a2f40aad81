package dev.cloudmap.discovery.lookup;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.CallableAddress;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.LoopbackHost;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Drops instances that must not be called, according to {@link CallableAddress} and to
 * the scope of the registry. Each dropped address of a service is logged once. Does not
 * resolve names. Thread-safe.
 */
public final class CallableInstances {

	/**
	 * A host that ends in a number is parsed as an address by many resolvers, even in
	 * unusual forms.
	 */
	private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)\\.?");

	private static final Logger logger = LoggerFactory.getLogger(CallableInstances.class);

	private final Scope scope;

	private final Predicate<InetAddress> isLocal;

	private final LogLimit reported = new LogLimit();

	/**
	 * Creates the rule.
	 * @param scope where instances may be
	 */
	public CallableInstances(Scope scope) {
		this(scope, CallableInstances::isOfInterface);
	}

	/**
	 * Creates the rule.
	 * @param isLocal whether a network interface of this machine has an address
	 */
	CallableInstances(Scope scope, Predicate<InetAddress> isLocal) {
		this.scope = scope;
		this.isLocal = isLocal;
	}

	private static boolean isOfInterface(InetAddress address) {
		try {
			return NetworkInterface.getByInetAddress(address) != null;
		}
		catch (SocketException ex) {
			logger.debug("The network interfaces could not be read", ex);
			return false;
		}
	}

	/**
	 * Removes the instances that must not be called.
	 * @param set the result of a lookup
	 */
	public InstanceSet callable(InstanceSet set) {
		List<Instance> callable = set.instances().stream().filter((instance) -> includes(set, instance)).toList();
		return (callable.size() == set.instances().size()) ? set : set.with(callable);
	}

	/**
	 * Wraps a source so that its results contain only callable instances.
	 */
	public InstanceSource callable(InstanceSource source) {
		return (service) -> source.lookup(service).thenApply(this::callable);
	}

	private boolean includes(InstanceSet set, Instance instance) {
		return reportUnlessCallable(set.service(), instance.host(), flaw(instance.host()),
				"The source " + set.source());
	}

	/**
	 * Whether an instance with this address may be called.
	 * @param service the service
	 * @param address the address
	 * @param server the DNS server that returned it
	 */
	public boolean includes(ServiceName service, InetAddress address, InetAddress server) {
		return reportUnlessCallable(service, IpLiteral.format(address), flaw(address, server),
				"The DNS server " + server.getHostAddress());
	}

	/** Logs a dropped address, unless it was logged before. */
	private boolean reportUnlessCallable(ServiceName service, String host, @Nullable String flaw, String origin) {
		if (flaw != null && this.reported.allows(new Dropped(service, host))) {
			logger.warn("{} returned {} as an address of {}, which is dropped: it is {}", origin, host, service, flaw);
		}
		return flaw == null;
	}

	private @Nullable String flaw(String host) {
		InetAddress address = IpLiteral.find(host);
		if (address != null) {
			return flaw(address);
		}
		if (ENDS_IN_NUMBER.matcher(host).matches() || host.indexOf(':') >= 0) {
			return "neither an IP address in its usual form, such as 10.0.1.17 or fd00::17, nor a host name";
		}
		return switch (this.scope) {
			case THIS_MACHINE ->
				LoopbackHost.matches(host) ? null : outsideMachine("a host name, which may resolve to an address");
			case NETWORK -> LoopbackHost.matches(host) ? remoteLoopback("a name") : null;
			case ANYWHERE, UNRESTRICTED -> null;
		};
	}

	private @Nullable String flaw(InetAddress address) {
		String flaw = CallableAddress.problem(address);
		if (flaw != null) {
			return flaw;
		}
		return switch (this.scope) {
			case THIS_MACHINE ->
				(address.isLoopbackAddress() || this.isLocal.test(address)) ? null : outsideMachine("an address");
			case NETWORK -> address.isLoopbackAddress() ? remoteLoopback("an address") : null;
			case ANYWHERE, UNRESTRICTED -> null;
		};
	}

	/**
	 * A loopback address from a server on another machine does not denote this machine.
	 */
	private @Nullable String flaw(InetAddress address, InetAddress server) {
		if (!address.isLoopbackAddress() || server.isLoopbackAddress()) {
			return flaw(address);
		}
		return switch (this.scope) {
			case THIS_MACHINE -> "a loopback address, but the DNS server is not on this machine."
					+ " To call it, set discovery.embedded.allow-remote-instances=true";
			case NETWORK, ANYWHERE -> remoteLoopback("an address");
			case UNRESTRICTED -> flaw(address);
		};
	}

	private static String outsideMachine(String what) {
		return what + " outside this machine, but the embedded registry is limited to this machine."
				+ " To call it, set discovery.embedded.allow-remote-instances=true";
	}

	private static String remoteLoopback(String what) {
		return what + " of loopback, but the server that returned it is not on this machine. To call it, set"
				+ " discovery.cloud-map.allow-loopback-instances=true (with Consul:"
				+ " discovery.consul.allow-loopback-instances=true)";
	}

	/**
	 * Where the instances of a registry may be.
	 */
	public enum Scope {

		/** On this machine: at loopback or an address of a network interface. */
		THIS_MACHINE,

		/** On any machine but not at loopback: the registry is on another machine. */
		NETWORK,

		/**
		 * On any machine; at loopback only if the server that returned it is on this
		 * machine.
		 */
		ANYWHERE,

		/** On any machine, also at loopback. */
		UNRESTRICTED

	}

	private record Dropped(ServiceName service, String host) {
	}

}
