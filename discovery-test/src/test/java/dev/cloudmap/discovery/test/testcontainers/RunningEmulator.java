package dev.cloudmap.discovery.test.testcontainers;

import org.testcontainers.containers.GenericContainer;

/**
 * An emulator container that reports to be running, with each port mapped to a port
 * 10,000 higher.
 */
class RunningEmulator extends GenericContainer<RunningEmulator> {

	private final String image;

	RunningEmulator(String image) {
		super(image);
		this.image = image;
	}

	/** Pulls no image, because there is no engine. */
	@Override
	public String getDockerImageName() {
		return this.image;
	}

	@Override
	public void start() {
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
