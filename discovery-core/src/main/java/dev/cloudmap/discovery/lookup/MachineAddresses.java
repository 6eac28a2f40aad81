package dev.cloudmap.discovery.lookup;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.thread.Timer;

/**
 * The addresses of this machine: loopback addresses and those of its network interfaces,
 * which are read again when they are outdated. Thread-safe.
 */
final class MachineAddresses {

	/** How long addresses are cached. */
	static final Duration MAX_AGE = Duration.ofSeconds(30);

	/** The minimum interval of reads for an unknown address. */
	static final Duration MIN_AGE = Duration.ofSeconds(2);

	private static final Logger logger = LoggerFactory.getLogger(MachineAddresses.class);

	private final Timer timer;

	private final Supplier<Set<InetAddress>> interfaces;

	private volatile Known known = new Known(Set.of(), Instant.MIN);

	MachineAddresses(Timer timer) {
		this(timer, MachineAddresses::read);
	}

	MachineAddresses(Timer timer, Supplier<Set<InetAddress>> interfaces) {
		this.timer = timer;
		this.interfaces = interfaces;
	}

	boolean contains(InetAddress address) {
		if (address.isLoopbackAddress()) {
			return true;
		}
		Known current = this.known;
		Instant now = this.timer.steady();
		boolean isKnown = current.addresses().contains(address);
		if (now.minus(isKnown ? MAX_AGE : MIN_AGE).isBefore(current.read())) {
			return isKnown;
		}
		Known fresh = new Known(this.interfaces.get(), now);
		this.known = fresh;
		return fresh.addresses().contains(address);
	}

	private static Set<InetAddress> read() {
		try {
			return NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.collect(Collectors.toUnmodifiableSet());
		}
		catch (SocketException ex) {
			logger.debug("The network interfaces could not be read", ex);
			return Set.of();
		}
	}

	/**
	 * The cached addresses.
	 *
	 * @param addresses the addresses of all interfaces
	 * @param read when they were read
	 */
	private record Known(Set<InetAddress> addresses, Instant read) {
	}

}
