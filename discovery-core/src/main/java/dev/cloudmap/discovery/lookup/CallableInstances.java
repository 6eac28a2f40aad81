package dev.cloudmap.discovery.lookup;

import java.net.InetAddress;
import java.util.List;
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
import dev.cloudmap.discovery.thread.Timer;

/**
 * Drops instances that must not be called, whichever source names them, by
 * {@link CallableAddress} and by where instances of the registry can be. Each address of
 * a service is reported once. Resolves no names. Thread-safe.
 */
public final class CallableInstances {

	/** A host that ends in a number is an address, even in one of its odd forms. */
	private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)\\.?");

	private static final Logger logger = LoggerFactory.getLogger(CallableInstances.class);

	private final Scope scope;

	private final MachineAddresses machine;

	private final LogOnce<Dropped> told = new LogOnce<>();

	/**
	 * Creates the rule.
	 * @param scope where instances can be
	 * @param timer decides when this machine's addresses are read again
	 */
	public CallableInstances(Scope scope, Timer timer) {
		this(scope, new MachineAddresses(timer));
	}

	CallableInstances(Scope scope, MachineAddresses machine) {
		this.scope = scope;
		this.machine = machine;
	}

	/**
	 * The set without the instances that must not be called.
	 * @param set what a source found
	 */
	public InstanceSet callable(InstanceSet set) {
		List<Instance> callable = set.instances().stream().filter((instance) -> includes(set, instance)).toList();
		return (callable.size() == set.instances().size()) ? set : set.with(callable);
	}

	/**
	 * The source without the instances that must not be called.
	 * @param source the source
	 */
	public InstanceSource callable(InstanceSource source) {
		return (service) -> source.lookup(service).thenApply(this::callable);
	}

	private boolean includes(InstanceSet set, Instance instance) {
		return isWithoutFlaw(set.service(), instance.host(), flaw(instance.host()), "The source " + set.source());
	}

	/**
	 * Whether an instance with this address may be called.
	 * @param service the service
	 * @param address the address
	 * @param server the DNS server that names it
	 */
	public boolean includes(ServiceName service, InetAddress address, InetAddress server) {
		return isWithoutFlaw(service, IpLiteral.format(address), flaw(address, server),
				"The DNS server " + server.getHostAddress());
	}

	private boolean isWithoutFlaw(ServiceName service, String host, @Nullable String flaw, String origin) {
		if (flaw == null) {
			return true;
		}
		report(service, host, flaw, origin);
		return false;
	}

	/** Reports an address that is dropped, unless it was reported before. */
	private void report(ServiceName service, String host, String flaw, String origin) {
		if (this.told.isNew(new Dropped(service, host))) {
			logger.warn("{} gives {} as an address of {}, which is dropped: it is {}", origin, host, service, flaw);
		}
	}

	private @Nullable String flaw(String host) {
		InetAddress address = IpLiteral.find(host);
		if (address != null) {
			return flaw(address);
		}
		if (ENDS_IN_NUMBER.matcher(host).matches() || host.indexOf(':') >= 0) {
			return "no IP address in its usual form, such as 10.0.1.17 or fd00::17, and no host name";
		}
		return switch (this.scope) {
			case THIS_MACHINE -> LoopbackHost.matches(host) ? null : outside("a host name, which may be");
			case NETWORK -> LoopbackHost.matches(host) ? elsewhere("a name") : null;
			case ANYWHERE, UNRESTRICTED -> null;
		};
	}

	private @Nullable String flaw(InetAddress address) {
		String flaw = CallableAddress.flaw(address);
		if (flaw != null) {
			return flaw;
		}
		return switch (this.scope) {
			case THIS_MACHINE -> this.machine.contains(address) ? null : outside("an address");
			case NETWORK -> address.isLoopbackAddress() ? elsewhere("an address") : null;
			case ANYWHERE, UNRESTRICTED -> null;
		};
	}

	/** Only a server of this machine can mean this machine. */
	private @Nullable String flaw(InetAddress address, InetAddress server) {
		if (!address.isLoopbackAddress() || server.isLoopbackAddress()) {
			return flaw(address);
		}
		return switch (this.scope) {
			case THIS_MACHINE -> "an address of loopback, and the DNS server is not on this machine."
					+ " To call it, set discovery.embedded.allow-remote-instances=true";
			case NETWORK, ANYWHERE -> elsewhere("an address");
			case UNRESTRICTED -> flaw(address);
		};
	}

	private static String outside(String what) {
		return what + " outside this machine, and the embedded registry is for this machine."
				+ " To call it, set discovery.embedded.allow-remote-instances=true";
	}

	private static String elsewhere(String what) {
		return what + " of loopback, and the server that gives it is not on this machine. To call it, set"
				+ " discovery.cloud-map.allow-loopback-instances=true";
	}

	/**
	 * Where the instances of a registry can be.
	 */
	public enum Scope {

		/** On this machine: at loopback or an address of a network interface. */
		THIS_MACHINE,

		/** On any machine but not at loopback: the registry is on another machine. */
		NETWORK,

		/** On this machine or another; at loopback only if the server that says so is. */
		ANYWHERE,

		/** On this machine or another, whatever the server. */
		UNRESTRICTED

	}

	private record Dropped(ServiceName service, String host) {
	}

}
