package dev.cloudmap.benchmarks.scenario.process;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A sample application on a free port of loopback. Its name is also its instance id.
 */
public final class SampleProcess extends JvmProcess {

	/**
	 * The heap size in megabytes. It suffices for the requests that are pending when all
	 * workers do not answer for two seconds.
	 */
	private static final int HEAP = 192;

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern STARTED = Pattern.compile("Started \\w+Application in ");

	private final String service;

	private int port;

	/**
	 * Starts the application without waiting until it is ready.
	 * @param service the service of the instance
	 * @param name the name of the process and its instance id
	 * @param directory the directory for the log file
	 * @param command the command that runs the application
	 * @param environment the environment variables
	 * @param options the properties, as {@code --name=value}
	 */
	public SampleProcess(String service, String name, Path directory, JavaCommand command,
			Map<String, String> environment, List<String> options) {
		super(name, directory, environment, HEAP, arguments(name, command, options));
		this.service = service;
	}

	private static List<String> arguments(String name, JavaCommand command, List<String> options) {
		List<String> arguments = new ArrayList<>(command.arguments());
		arguments.addAll(List.of("--server.address=127.0.0.1", "--server.port=0", "--spring.main.banner-mode=off",
				"--discovery.registration.host=127.0.0.1", "--discovery.registration.instance-id=" + name));
		arguments.addAll(options);
		return arguments;
	}

	/**
	 * Returns the service of the instance.
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Waits until the application accepts traffic. It may not be registered yet.
	 */
	public void awaitStarted() {
		this.port = Integer.parseInt(awaitLog(PORT).group(1));
		awaitLog(STARTED);
	}

	/**
	 * Returns the port. Requires that the application {@link #awaitStarted() has
	 * started}.
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Returns the URI of a path. Requires that the application {@link #awaitStarted() has
	 * started}.
	 */
	public URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	/**
	 * Sends a POST request without a body, for example to change the worker's health.
	 */
	public void post(String path) {
		Http.post(uri(path), "");
	}

}
