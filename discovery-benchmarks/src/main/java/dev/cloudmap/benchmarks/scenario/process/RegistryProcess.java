package dev.cloudmap.benchmarks.scenario.process;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A registry in a separate process, without persistence.
 */
public final class RegistryProcess extends JvmProcess {

	private static final int HEAP = 64;

	private static final Pattern READY = Pattern.compile("(?m)^ready http=");

	/**
	 * Starts the registry without waiting until it is ready.
	 * @param name the name of the process
	 * @param directory the directory for the log file
	 * @param http the address of the registry's API
	 * @param dns the address of the registry's DNS server
	 */
	public RegistryProcess(String name, Path directory, URI http, InetSocketAddress dns) {
		super(name, directory, Map.of(), HEAP, List.of("-jar", ProjectJar.REGISTRY.path().toString(), "--http-port",
				Integer.toString(http.getPort()), "--dns-port", Integer.toString(dns.getPort())));
	}

	/**
	 * Waits until the registry logs that it is ready.
	 */
	public void awaitReady() {
		awaitLog(READY);
	}

}
