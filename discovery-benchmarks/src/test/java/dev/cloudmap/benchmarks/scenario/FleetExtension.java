package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Manages one fleet for all scenarios of a class. The extension starts the fleet,
 * collects its logs with thread dumps when a scenario fails, prints a table of the
 * results, and stops the fleet.
 */
final class FleetExtension
		implements BeforeAllCallback, BeforeEachCallback, TestExecutionExceptionHandler, AfterAllCallback {

	private final Path directory;

	private final FleetFactory factory;

	private final int workers;

	private final List<ScenarioResult> results = new ArrayList<>();

	private Fleet fleet;

	/**
	 * Describes the fleet.
	 * @param name the directory of the logs, below {@code target/scenarios}
	 * @param workers the minimum number of workers of each scenario
	 * @param factory creates the fleet
	 */
	FleetExtension(String name, int workers, FleetFactory factory) {
		this.directory = Path.of("target", "scenarios", name);
		this.workers = workers;
		this.factory = factory;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		this.fleet = this.factory.create(this.directory);
		try {
			this.fleet.start(this.workers);
		}
		catch (RuntimeException ex) {
			throw withLogs(ex);
		}
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		try {
			this.fleet.settle(this.workers);
		}
		catch (RuntimeException ex) {
			throw withLogs(ex);
		}
	}

	@Override
	public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
		throw withLogs(failure);
	}

	private AssertionError withLogs(Throwable failure) {
		AssertionError error = new AssertionError(failure.getMessage() + "\n\n" + this.fleet.processes().logs(),
				failure);
		this.fleet.processes().dumpThreads();
		return error;
	}

	@Override
	public void afterAll(ExtensionContext context) throws IOException {
		if (this.fleet != null) {
			this.fleet.close();
			show(new ResultTable(this.results).toString(), "results.md");
		}
	}

	Fleet fleet() {
		return this.fleet;
	}

	/**
	 * Runs a scenario, and records the result for the table.
	 */
	ScenarioResult run(String name, Scenario.Steps steps) throws Exception {
		ScenarioResult result = this.fleet.scenario(name).run(steps);
		this.results.add(result);
		return result;
	}

	/**
	 * Prints a table of compared results, and writes it to a file.
	 * @param results the results
	 * @param file the name of the file
	 */
	void show(List<ComparedResult> results, String file) throws IOException {
		StringBuilder table = new StringBuilder(ComparedResult.HEAD);
		results.forEach((result) -> table.append(result.row()));
		show(table.toString(), file);
	}

	private void show(String table, String file) throws IOException {
		Files.writeString(this.directory.resolve(file), table);
		System.out.println(table);
	}

	/**
	 * Creates a fleet with a directory for its logs.
	 */
	@FunctionalInterface
	interface FleetFactory {

		Fleet create(Path directory);

	}

}
