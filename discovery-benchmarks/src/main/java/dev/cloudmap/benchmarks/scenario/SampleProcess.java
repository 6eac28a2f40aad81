package dev.cloudmap.benchmarks.scenario;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A sample application, at a free port of loopback, whose name is also the id that it is
 * registered with.
 */
public final class SampleProcess extends JvmProcess {

	/**
	 * Room for the connections of a second or two in which nobody is answered: an
	 * application out of memory would tell of something else.
	 */
	private static final int HEAP = 192;

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern STARTED = Pattern.compile("Started \\w+Application in ");

	private final String service;

	private int port;

	/**
	 * Starts it, and does not wait for it.
	 * @param service the service that it is an instance of; not null
	 * @param name its name; not null
	 * @param directory where its log goes; not null
	 * @param program what to run; not null
	 * @param environment its environment; not null
	 * @param options its properties, as {@code --name=value}; not null
	 */
	SampleProcess(String service, String name, Path directory, Program program, Map<String, String> environment,
			List<String> options) {
		super(name, directory, environment, HEAP, arguments(name, program, options));
		this.service = service;
	}

	private static List<String> arguments(String name, Program program, List<String> options) {
		List<String> arguments = new ArrayList<>(program.arguments());
		arguments.addAll(List.of("--server.address=127.0.0.1", "--server.port=0", "--spring.main.banner-mode=off",
				"--discovery.registration.host=127.0.0.1", "--discovery.registration.instance-id=" + name));
		arguments.addAll(options);
		return arguments;
	}

	/**
	 * The service that it is an instance of.
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Waits until it accepts traffic, which says nothing of whether anyone knows it.
	 */
	public void awaitStarted() {
		this.port = Integer.parseInt(awaitLog(PORT).group(1));
		awaitLog(STARTED);
	}

	/**
	 * The address of something that it serves, once it {@link #awaitStarted() has
	 * started}.
	 */
	public URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	/**
	 * Posts nothing to something that it serves, such as a switch.
	 */
	public void post(String path) {
		Http.post(uri(path), "");
	}

}
