package dev.cloudmap.discovery.test.testcontainers;

/**
 * A container that seems to run, with each port mapped to 10,000 more.
 */
class RunningRegistry extends RegistryContainer {

	RunningRegistry() {
		super("discovery-registry:test");
	}

	@Override
	public void start() {
	}

	@Override
	public boolean isRunning() {
		return true;
	}

	@Override
	public String getHost() {
		return "127.0.0.1";
	}

	@Override
	public Integer getMappedPort(int port) {
		return 10_000 + port;
	}

}
