package dev.cloudmap.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The runnable jar as someone starts it from a shell.
 */
class RunnableJarIT {

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private static final Pattern READY = Pattern
		.compile("ready http=(?:127|0)\\.0\\.0\\.[01]:(\\d+) dns=(?:127|0)\\.0\\.0\\.[01]:(\\d+)");

	@TempDir
	private Path directory;

	private final List<Process> started = new ArrayList<>();

	@AfterEach
	void stop() {
		this.started.forEach(Process::destroyForcibly);
	}

	private Process run(String... options) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-jar");
		command.add(System.getProperty("registry.jar"));
		command.addAll(List.of(options));
		Process process = new ProcessBuilder(command).redirectError(errors().toFile()).start();
		this.started.add(process);
		return process;
	}

	private Path errors() {
		return this.directory.resolve("stderr.txt");
	}

	private String readErrors() throws IOException {
		return Files.readString(errors());
	}

	private static Matcher awaitReady(BufferedReader out) throws Exception {
		String line = CompletableFuture.supplyAsync(() -> {
			try {
				return String.valueOf(out.readLine());
			}
			catch (IOException ex) {
				return ex.toString();
			}
		}).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
		Matcher matcher = READY.matcher(line);
		assertThat(matcher.matches()).as(line).isTrue();
		return matcher;
	}

	private static int exitStatus(Process process) throws InterruptedException {
		assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	@Test
	void servesUntilItIsToldToEnd() throws Exception {
		Process process = run("--http-port", "0", "--dns-port", "0", "--data-dir",
				this.directory.resolve("data").toString(), "--operation-delay", "10ms");
		try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
			Matcher ready = awaitReady(out);
			HttpResponse<String> identity = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ready.group(1) + "/")).build(),
						BodyHandlers.ofString());
			assertThat(identity.body()).contains("\"registry\":\"discovery-registry\"", "127.0.0.1:" + ready.group(2))
				.doesNotContain("development");
			SimpleResolver resolver = new SimpleResolver("127.0.0.1");
			resolver.setPort(Integer.parseInt(ready.group(2)));
			Message answer = resolver
				.send(Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.A, DClass.IN)));
			assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
			// Through the handle, for the process itself would close its output with it.
			process.toHandle().destroy();
			assertThat(exitStatus(process)).isIn(0, 143);
			assertThat(out.readLine()).isNull();
		}
		assertThat(readErrors()).contains("AWS_DISABLE_HOST_PREFIX_INJECTION=true").doesNotContain("WARN", "ERROR");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void warnsWhenItAsksNobodyBeyondThisMachineWhoTheyAre(boolean asks) throws Exception {
		Path keys = Files.writeString(this.directory.resolve("keys"), "id hush");
		List<String> options = new ArrayList<>(List.of("--bind", "0.0.0.0", "--http-port", "0", "--dns-port", "0"));
		if (asks) {
			options.addAll(List.of("--credentials", keys.toString()));
		}
		Process process = run(options.toArray(String[]::new));
		try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
			URI endpoint = URI.create("http://127.0.0.1:" + awaitReady(out).group(1) + "/");
			HttpRequest request = HttpRequest.newBuilder(endpoint)
				.header("X-Amz-Target", "Route53AutoNaming_v20170314.ListNamespaces")
				.POST(BodyPublishers.ofString("{}"))
				.build();
			HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
			assertThat(answer.body()).contains(asks ? "MissingAuthenticationTokenException" : "Namespaces");
		}
		assertThat(readErrors().contains("WARN")).as(readErrors()).isEqualTo(!asks);
		assertThat(readErrors()).doesNotContain("hush");
	}

	@Test
	void refusesCredentialsThatAreNone() throws Exception {
		Path keys = Files.writeString(this.directory.resolve("keys"), "# nothing\nhush");
		assertThat(exitStatus(run("--credentials", keys.toString()))).isEqualTo(2);
		assertThat(readErrors()).contains(keys.toString(), "line 2").doesNotContain("hush");
		assertThat(exitStatus(run("--credentials", "env:NO_SUCH_VARIABLE"))).isEqualTo(2);
		assertThat(readErrors()).contains("NO_SUCH_VARIABLE");
	}

	@Test
	void saysWhichPortIsTaken() throws Exception {
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			int port = server.httpAddress().getPort();
			Process process = run("--http-port", Integer.toString(port), "--dns-port", "0");
			assertThat(exitStatus(process)).isOne();
			assertThat(readErrors().strip().lines()).hasSize(1);
			assertThat(readErrors()).contains("HTTP port " + port, "--http-port");
		}
	}

	@Test
	void refusesOptionsThatMakeNoSense() throws Exception {
		assertThat(exitStatus(run("--health-delay", "soon"))).isEqualTo(2);
		assertThat(readErrors()).contains("--health-delay", "'soon'");
		assertThat(exitStatus(run("--http-port", "65536"))).isEqualTo(2);
		assertThat(readErrors()).contains("65536");
		assertThat(exitStatus(run("--check-interval", "99ms"))).isEqualTo(2);
		assertThat(readErrors()).contains("check interval", "100 ms");
		assertThat(exitStatus(run("--what"))).isEqualTo(2);
	}

}
