package dev.cloudmap.benchmarks.scenario;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.ModuleClassPath;

/**
 * An application for each of several HTTP clients, in one process.
 */
final class ClientsProcess extends JvmProcess {

	private static final int HEAP = 512;

	/**
	 * Starts the applications without waiting until they are ready.
	 */
	ClientsProcess(Path directory, RegistryAccess registry, Collection<CallingClient> clients) {
		super("clients", directory, registry.environment(), HEAP, arguments(registry, clients));
	}

	private static List<String> arguments(RegistryAccess registry, Collection<CallingClient> clients) {
		String classPath = ModuleClassPath.of("clients/target/clients-application.jar", "clients")
			.stream()
			.map(Path::toString)
			.collect(Collectors.joining(File.pathSeparator));
		List<String> arguments = new ArrayList<>(
				List.of("-cp", classPath, "dev.cloudmap.benchmarks.clients.ClientsApplication"));
		clients.forEach((client) -> arguments.add(client.toString()));
		arguments.addAll(registry.options());
		return arguments;
	}

	/**
	 * Waits until the application of a client accepts requests.
	 * @return its URI
	 */
	URI awaitStarted(CallingClient client) {
		return URI
			.create("http://127.0.0.1:" + awaitLog(Pattern.compile("(?m)^" + client + " port=(\\d+)$")).group(1) + "/");
	}

}
