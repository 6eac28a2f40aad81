package dev.cloudmap.benchmarks.clients;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs an application for each of several HTTP clients in one process. Each has its own
 * port and its own statistics of the instances. It answers a request with the answer of
 * the worker.
 */
public final class ClientsApplication {

	private ClientsApplication() {
	}

	/**
	 * Starts the applications one after the other.
	 * @param args the names of the clients, and properties of all applications, as
	 * {@code --name=value}
	 */
	public static void main(String[] args) {
		List<String> options = Stream.of(args).filter((arg) -> arg.startsWith("--")).toList();
		Stream.of(args).filter((arg) -> !arg.startsWith("--")).map(Client::named).forEach((client) -> {
			ConfigurableApplicationContext application = new SpringApplicationBuilder(client.application())
				.web(client.type())
				.run(Stream.concat(client.options(), options.stream()).toArray(String[]::new));
			System.out
				.println(client + " port=" + application.getEnvironment().getRequiredProperty("local.server.port"));
		});
	}

}
