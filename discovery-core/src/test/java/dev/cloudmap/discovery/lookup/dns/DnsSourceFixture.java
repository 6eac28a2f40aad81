package dev.cloudmap.discovery.lookup.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.query.DnsServers;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A DNS lookup of one service at scripted servers.
 */
abstract class DnsSourceFixture {

	static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	/** Long enough for a busy machine. */
	static final Duration PATIENT = Duration.ofSeconds(10);

	final DiscoveryThreads threads = new DiscoveryThreads();

	final ManualTimer timer = new ManualTimer();

	final List<ScriptedDnsServer> servers = new ArrayList<>();

	final ScriptedDnsServer server = start();

	@AfterEach
	void stop() {
		this.servers.forEach(ScriptedDnsServer::close);
		this.threads.close();
	}

	ScriptedDnsServer start() {
		ScriptedDnsServer started = ScriptedDnsServer.start();
		this.servers.add(started);
		return started;
	}

	DnsInstanceSource source(Duration timeout, Integer defaultPort, ScriptedDnsServer... servers) {
		List<InetSocketAddress> addresses = Stream.of(servers).map(ScriptedDnsServer::address).toList();
		return source(timeout, defaultPort, () -> addresses);
	}

	DnsInstanceSource source(Duration timeout, Integer defaultPort, DnsServers servers) {
		return new DnsInstanceSource(servers, SampleSettings.udp(timeout), this.threads.lookups(), this.timer,
				(service) -> defaultPort, new CallableInstances(Scope.ANYWHERE));
	}

	InstanceSet lookup() throws Exception {
		return lookup(source(PATIENT, null, this.server));
	}

	static InstanceSet lookup(DnsInstanceSource source) throws Exception {
		return source.lookup(WORKER).toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	static Throwable failure(DnsInstanceSource source) {
		return assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> lookup(source)).actual().getCause();
	}

	static List<String> hosts(InstanceSet set) {
		return set.instances().stream().map((instance) -> instance.host() + ":" + instance.port()).toList();
	}

}
