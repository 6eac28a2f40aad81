package dev.cloudmap.benchmarks.scenario;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A registry alone, which keeps nothing.
 */
public final class RegistryProcess extends JvmProcess {

	private static final int HEAP = 64;

	private static final Pattern READY = Pattern.compile("(?m)^ready http=");

	/**
	 * Starts it, and does not wait for it.
	 * @param name its name; not null
	 * @param directory where its log goes; not null
	 * @param http the address of its API; not null
	 * @param dns the address of its DNS; not null
	 */
	RegistryProcess(String name, Path directory, URI http, InetSocketAddress dns) {
		super(name, directory, Map.of(), HEAP, List.of("-jar", SampleJar.REGISTRY.path().toString(), "--http-port",
				Integer.toString(http.getPort()), "--dns-port", Integer.toString(dns.getPort())));
	}

	/**
	 * Waits until it says that it serves.
	 */
	public void awaitReady() {
		awaitLog(READY);
	}

}
