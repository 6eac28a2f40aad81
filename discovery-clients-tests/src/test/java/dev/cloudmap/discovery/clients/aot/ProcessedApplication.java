package dev.cloudmap.discovery.clients.aot;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * An application after Spring's ahead-of-time processing, which runs in processes of its
 * own. Follows the goal {@code process-aot} of Spring Boot's Maven plugin.
 */
final class ProcessedApplication {

	private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m");

	private static final long TIMEOUT_SECONDS = 120;

	private final Path directory;

	private final String mainClass;

	private final String classPath;

	private ProcessedApplication(Path directory, String mainClass, String classPath) {
		this.directory = directory;
		this.mainClass = mainClass;
		this.classPath = classPath;
	}

	/**
	 * Processes an executable jar.
	 * @param directory an empty directory
	 * @param jar the jar, as Spring Boot's Maven plugin builds it
	 * @param mainClass the class of the application
	 */
	static ProcessedApplication ofJar(Path directory, Path jar, String mainClass) throws Exception {
		Path extracted = directory.resolve("extracted");
		run(directory, "extract",
				List.of("-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", extracted.toString()));
		return of(directory, extracted.resolve(jar.getFileName()).toString(), mainClass);
	}

	/**
	 * Processes an application.
	 * @param directory an empty directory
	 * @param classPath its class path
	 * @param mainClass the class of the application
	 */
	static ProcessedApplication of(Path directory, String classPath, String mainClass) throws Exception {
		Path sources = directory.resolve("sources");
		Path classes = directory.resolve("classes");
		run(directory, "process-aot",
				List.of("-cp", classPath, "org.springframework.boot.SpringApplicationAotProcessor", mainClass,
						sources.toString(), directory.resolve("resources").toString(), classes.toString(), "test",
						"test"));
		compile(sources, classes, classPath);
		return new ProcessedApplication(directory, mainClass, classes + File.pathSeparator + classPath);
	}

	private static void compile(Path sources, Path classes, String classPath) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> tree = Files.walk(sources)) {
			Iterable<? extends JavaFileObject> units = files
				.getJavaFileObjectsFromPaths(tree.filter((file) -> file.toString().endsWith(".java")).toList());
			boolean compiled = compiler
				.getTask(messages, files, null, List.of("-proc:none", "-nowarn", "-parameters", "-cp",
						classes + File.pathSeparator + classPath, "-d", classes.toString()), null, units)
				.call();
			if (!compiled) {
				throw new IllegalStateException("The generated sources do not compile: " + messages);
			}
		}
	}

	/**
	 * Starts the application.
	 * @param name the name of its log
	 * @param arguments the arguments of the application
	 */
	Running start(String name, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of("-Dspring.aot.enabled=true", "-cp", this.classPath, this.mainClass));
		command.addAll(arguments);
		return java(this.directory, name, command);
	}

	private static void run(Path directory, String name, List<String> arguments)
			throws IOException, InterruptedException {
		try (Running running = java(directory, name, arguments)) {
			boolean ended = running.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			if (!ended || running.process.exitValue() != 0) {
				throw new IllegalStateException(name + " has failed: " + running.output());
			}
		}
	}

	private static Running java(Path directory, String name, List<String> arguments) throws IOException {
		Files.createDirectories(directory);
		Path log = directory.resolve(name + ".log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
		command.addAll(JVM_OPTIONS);
		command.addAll(arguments);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().keySet().removeIf((key) -> key.startsWith("AWS_") || key.startsWith("ECS_"));
		// for a registry at an endpoint
		builder.environment().putAll(Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test"));
		return new Running(builder.start(), log);
	}

	/**
	 * A process.
	 *
	 * @param process the process
	 * @param log its output
	 */
	record Running(Process process, Path log) implements AutoCloseable {

		String output() throws IOException {
			return Files.readString(this.log);
		}

		/**
		 * Kills the process, since how an application stops does not depend on how it was
		 * built.
		 */
		@Override
		public void close() {
			this.process.destroyForcibly().onExit().join();
		}

	}

}
