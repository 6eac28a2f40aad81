package dev.cloudmap.discovery.test.testcontainers;

import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

/**
 * A registry container that reports to be running and uses a registry in this process. It
 * can be restarted.
 */
class RunningRegistry extends RegistryContainer {

	private RegistryServer server = startServer();

	RunningRegistry() {
		super("discovery-registry:test");
	}

	private static RegistryServer startServer() {
		return RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0));
	}

	RegistryServer server() {
		return this.server;
	}

	@Override
	public void start() {
		if (!this.server.isListening()) {
			this.server = startServer();
		}
	}

	@Override
	public void stop() {
		this.server.close();
	}

	@Override
	public boolean isRunning() {
		return this.server.isListening();
	}

	@Override
	public String getHost() {
		return "127.0.0.1";
	}

	@Override
	public Integer getMappedPort(int port) {
		return ((port == HTTP_PORT) ? this.server.httpAddress() : this.server.dnsAddress()).getPort();
	}

}
