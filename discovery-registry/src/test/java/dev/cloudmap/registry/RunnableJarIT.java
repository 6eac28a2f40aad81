package dev.cloudmap.registry;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
 * The runnable jar in a separate process.
 */
@Tag("slow")
class RunnableJarIT {

	@TempDir
	private Path directory;

	private final List<RegistryProcess> started = new ArrayList<>();

	@AfterEach
	void stop() {
		this.started.forEach(RegistryProcess::close);
	}

	private RegistryProcess run(String... options) throws IOException {
		RegistryProcess process = RegistryProcess.run(this.directory.resolve("stderr.txt"), List.of(options));
		this.started.add(process);
		return process;
	}

	@Test
	void servesUntilTerminated() throws Exception {
		RegistryProcess process = run("--http-port", "0", "--dns-port", "0", "--data-dir",
				this.directory.resolve("data").toString(), "--operation-delay", "10ms")
			.awaitReady();
		HttpResponse<String> identity = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(process.endpoint().resolve("/")).build(), BodyHandlers.ofString());
		assertThat(identity.body()).contains("\"registry\":\"discovery-registry\"", "127.0.0.1:" + process.dnsPort())
			.doesNotContain("development");
		SimpleResolver resolver = new SimpleResolver("127.0.0.1");
		resolver.setPort(process.dnsPort());
		Message answer = resolver
			.send(Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.A, DClass.IN)));
		assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
		process.terminate();
		assertThat(process.exitStatus()).isIn(0, 143);
		assertThat(process.readLine()).isEqualTo("null");
		assertThat(process.errors()).contains("AWS_DISABLE_HOST_PREFIX_INJECTION=true").doesNotContain("WARN", "ERROR");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void warnsAboutRemoteAccessWithoutCredentials(boolean asks) throws Exception {
		Path keys = Files.writeString(this.directory.resolve("keys"), "id hush");
		List<String> options = new ArrayList<>(List.of("--bind", "0.0.0.0", "--http-port", "0", "--dns-port", "0"));
		if (asks) {
			options.addAll(List.of("--credentials", keys.toString()));
		}
		RegistryProcess process = run(options.toArray(String[]::new)).awaitReady();
		HttpRequest request = TestRegistry.request(process.endpoint(), "ListNamespaces", "{}");
		HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(answer.body()).contains(asks ? "MissingAuthenticationTokenException" : "Namespaces");
		assertThat(process.errors().contains("WARN")).as(process.errors()).isEqualTo(!asks);
		assertThat(process.errors()).doesNotContain("hush");
	}

	@Test
	void forwardsDnsToConfiguredUpstream() throws Exception {
		RegistryProcess refusing = run("--http-port", "0", "--dns-port", "0").awaitReady();
		RegistryProcess process = RegistryProcess.run(this.directory.resolve("forwarding.txt"),
				List.of("--bind", "0.0.0.0", "--http-port", "0", "--dns-port", "0", "--dns-forward",
						"127.0.0.1:" + refusing.dnsPort() + ",127.0.0.1:" + refusing.dnsPort(), "--dns-forward",
						"127.0.0.1:" + refusing.dnsPort()));
		this.started.add(process);
		process.awaitReady();
		SimpleResolver resolver = new SimpleResolver("127.0.0.1");
		resolver.setPort(process.dnsPort());
		Message answer = resolver
			.send(Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.A, DClass.IN)));
		assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
		assertThat(process.errors()).contains("WARN", "open resolver");
		process = run("--dns-forward", "10.0.0.2,dns.example.org");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("--dns-forward", "'dns.example.org'", "10.0.0.2:53");
	}

	@Test
	void appliesEmulationOptions() throws Exception {
		RegistryProcess process = run("--http-port", "0", "--dns-port", "0", "--consistency-delay", "1s",
				"--throttling", "--quotas", "--fail-operations",
				"REGISTER_INSTANCE=ACCESS_DENIED,UPDATE_SERVICE=THROTTLED_REQUEST", "--emulation-endpoint")
			.awaitReady();
		HttpRequest request = HttpRequest.newBuilder(process.endpoint().resolve("/discovery-registry/emulation"))
			.build();
		HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(answer.body()).contains("\"consistencyDelay\":\"1s\"", "\"throttling\":true", "\"quotas\":true",
				"\"REGISTER_INSTANCE\":\"ACCESS_DENIED\"", "\"UPDATE_SERVICE\":\"THROTTLED_REQUEST\"");
		process = run("--fail-operations", "EVERYTHING=ACCESS_DENIED");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("--fail-operations", "EVERYTHING", "REGISTER_INSTANCE");
	}

	@Test
	void rejectsInvalidCredentials() throws Exception {
		Path keys = Files.writeString(this.directory.resolve("keys"), "# nothing\nhush");
		RegistryProcess process = run("--credentials", keys.toString());
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains(keys.toString(), "line 2").doesNotContain("hush");
		process = run("--credentials", "env:NO_SUCH_VARIABLE");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("NO_SUCH_VARIABLE");
	}

	@Test
	void errorStatesPortInUse() throws Exception {
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			int port = server.httpAddress().getPort();
			RegistryProcess process = run("--http-port", Integer.toString(port), "--dns-port", "0");
			assertThat(process.exitStatus()).isOne();
			assertThat(process.errors().strip().lines()).hasSize(1);
			assertThat(process.errors()).contains("HTTP port " + port, "--http-port");
		}
	}

	@Test
	void rejectsInvalidOptions() throws Exception {
		RegistryProcess process = run("--health-delay", "soon");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("--health-delay", "'soon'");
		process = run("--http-port", "65536");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("65536");
		process = run("--check-interval", "99ms");
		assertThat(process.exitStatus()).isEqualTo(2);
		assertThat(process.errors()).contains("check interval", "100 ms");
		assertThat(run("--what").exitStatus()).isEqualTo(2);
	}

}
