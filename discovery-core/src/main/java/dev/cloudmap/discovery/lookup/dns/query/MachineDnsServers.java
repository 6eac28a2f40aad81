package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ResolverConfig;

/**
 * The DNS servers of this machine. dnsjava reads them once, but VPN or DHCP may change
 * them, so they are read again when the configuration file has changed. Thread-safe.
 */
final class MachineDnsServers implements DnsServers {

	private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

	/** The minimum interval of checks of the file. */
	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(MachineDnsServers.class);

	private final Path file;

	private final Runnable read;

	private final LongSupplier ticker;

	private long lastCheck;

	private FileTime lastChange;

	MachineDnsServers() {
		this(RESOLV_CONF, ResolverConfig::refresh, System::nanoTime);
	}

	/**
	 * Creates the servers.
	 * @param file the configuration file; need not exist
	 * @param read reads the configuration
	 * @param ticker the monotonic time in nanoseconds
	 */
	MachineDnsServers(Path file, Runnable read, LongSupplier ticker) {
		this.file = file;
		this.read = read;
		this.ticker = ticker;
		this.lastCheck = ticker.getAsLong();
		this.lastChange = lastChange(FileTime.fromMillis(0));
	}

	@Override
	public synchronized List<InetSocketAddress> addresses() {
		long now = this.ticker.getAsLong();
		if (now - this.lastCheck >= INTERVAL.toNanos()) {
			this.lastCheck = now;
			FileTime change = lastChange(this.lastChange);
			if (!change.equals(this.lastChange)) {
				this.lastChange = change;
				this.read.run();
				logger.info("{} has changed: the DNS servers are {}", this.file,
						ResolverConfig.getCurrentConfig().servers());
			}
		}
		return ResolverConfig.getCurrentConfig().servers();
	}

	private FileTime lastChange(FileTime unknown) {
		try {
			return Files.getLastModifiedTime(this.file);
		}
		catch (IOException ex) {
			logger.debug("{} could not be checked", this.file, ex);
			return unknown;
		}
	}

}
