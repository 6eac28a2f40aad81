package dev.cloudmap.discovery.test;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * A registry server that can be stopped and started again on the same ports. Not
 * thread-safe.
 */
final class RestartableServer {

	private final RegistryOptions options;

	private final URI endpoint;

	private final InetSocketAddress httpAddress;

	private final InetSocketAddress dnsAddress;

	/** The namespaces that each start creates if they do not exist. */
	private final Set<String> namespaces = new LinkedHashSet<>();

	private @Nullable RegistryServer server;

	private @Nullable PortReservation reservation;

	/** The content when the server was stopped. */
	private RegistrySnapshot stopped;

	/** The emulation when the server was stopped. */
	private Emulation stoppedEmulation;

	/**
	 * Starts a server.
	 * @param options the options; later starts use the same ports
	 */
	RestartableServer(RegistryOptions options) {
		RegistryServer started = RegistryServer.start(options, Journal.NONE);
		this.server = started;
		this.endpoint = started.endpoint();
		this.httpAddress = started.httpAddress();
		this.dnsAddress = started.dnsAddress();
		this.options = options.withHttpPort(this.httpAddress.getPort()).withDnsPort(this.dnsAddress.getPort());
		this.stopped = started.state().snapshot();
		this.stoppedEmulation = options.emulation();
	}

	RegistryOptions options() {
		return this.options;
	}

	URI endpoint() {
		return this.endpoint;
	}

	InetSocketAddress dnsAddress() {
		return this.dnsAddress;
	}

	/**
	 * Returns the running server.
	 * @throws IllegalStateException if it is stopped
	 */
	RegistryServer running() {
		RegistryServer running = this.server;
		if (running == null) {
			throw new IllegalStateException(
					"The registry is stopped, so nothing in it can change. Call start() first.");
		}
		return running;
	}

	/**
	 * Returns the content; after a stop, the content at that time.
	 */
	RegistrySnapshot snapshot() {
		RegistryServer running = this.server;
		return (running != null) ? running.state().snapshot() : this.stopped;
	}

	void addNamespace(String name) {
		new DirectAccess(running().state()).addNamespace(name);
		this.namespaces.add(name);
	}

	/**
	 * Stops the server and reserves its ports. Does nothing if it is stopped.
	 */
	void stop() {
		if (this.server != null) {
			stopServer();
			this.reservation = PortReservation.tcpAndDns(this.httpAddress, this.dnsAddress);
		}
	}

	/**
	 * Starts the server with its last content. Does nothing if it is running.
	 */
	void start() {
		if (this.server == null) {
			start(new SnapshotJournal(this.stopped));
		}
	}

	/**
	 * Starts the server, running or stopped, with its namespaces only.
	 */
	void restart() {
		stopServer();
		start(Journal.NONE);
	}

	/**
	 * Stops the server and releases its ports.
	 */
	void close() {
		stopServer();
		releasePorts();
	}

	private void start(Journal journal) {
		releasePorts();
		RegistryServer started = RegistryServer.start(this.options.withEmulation(this.stoppedEmulation), journal);
		this.server = started;
		this.namespaces.forEach(new DirectAccess(started.state())::addNamespace);
	}

	private void stopServer() {
		RegistryServer running = this.server;
		if (running != null) {
			this.stoppedEmulation = running.emulation();
			this.stopped = running.state().snapshot();
			running.close();
			this.server = null;
		}
	}

	private void releasePorts() {
		if (this.reservation != null) {
			this.reservation.close();
			this.reservation = null;
		}
	}

	/**
	 * A journal that only restores a snapshot.
	 *
	 * @param snapshot the content to restore
	 */
	private record SnapshotJournal(RegistrySnapshot snapshot) implements Journal {

		@Override
		public Contents load() {
			return new Contents(this.snapshot.revision(), List.copyOf(this.snapshot.namespaces()),
					this.snapshot.services().stream().map(ServiceState::service).toList(),
					this.snapshot.services().stream().flatMap((state) -> state.instances().values().stream()).toList(),
					List.of());
		}

		@Override
		public void commit(Commit commit) {
		}

		@Override
		public void restore(Contents contents) {
		}

		@Override
		public void close() {
		}

	}

}
