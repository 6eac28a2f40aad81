package dev.cloudmap.discovery.lookup.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ResolverConfig;

/**
 * The DNS servers of this machine. dnsjava finds them once, but a VPN or DHCP changes
 * them: they are read again when the file that names them has changed.
 */
final class MachineDnsServers implements DnsServers {

	private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

	/** How often to look at the file, at most. */
	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(MachineDnsServers.class);

	private final Path file;

	private final Runnable read;

	private final LongSupplier ticker;

	private final AtomicLong lastLook;

	private volatile FileTime lastChange;

	MachineDnsServers() {
		this(RESOLV_CONF, ResolverConfig::refresh, System::nanoTime);
	}

	/**
	 * Creates the servers.
	 * @param file the file that names them; need not exist
	 * @param read reads it
	 * @param ticker the time in nanoseconds, from anywhere
	 */
	MachineDnsServers(Path file, Runnable read, LongSupplier ticker) {
		this.file = file;
		this.read = read;
		this.ticker = ticker;
		this.lastLook = new AtomicLong(ticker.getAsLong());
		this.lastChange = lastChange(FileTime.fromMillis(0));
	}

	@Override
	public List<InetSocketAddress> addresses() {
		List<InetSocketAddress> known = ResolverConfig.getCurrentConfig().servers();
		long last = this.lastLook.get();
		long now = this.ticker.getAsLong();
		if (now - last < INTERVAL.toNanos() || !this.lastLook.compareAndSet(last, now)) {
			return known;
		}
		FileTime change = lastChange(this.lastChange);
		if (change.equals(this.lastChange)) {
			return known;
		}
		this.lastChange = change;
		this.read.run();
		List<InetSocketAddress> read = ResolverConfig.getCurrentConfig().servers();
		logger.info("{} has changed: the DNS servers are {}", this.file, read);
		return read;
	}

	private FileTime lastChange(FileTime unknown) {
		try {
			return Files.getLastModifiedTime(this.file);
		}
		catch (IOException ex) {
			logger.debug("{} can't be looked at", this.file, ex);
			return unknown;
		}
	}

}
