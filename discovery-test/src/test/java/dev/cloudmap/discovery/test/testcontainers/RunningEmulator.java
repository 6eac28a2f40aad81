package dev.cloudmap.discovery.test.testcontainers;

import org.testcontainers.containers.GenericContainer;

/**
 * A container of an emulator that seems to run, with each port mapped to 10,000 more.
 */
class RunningEmulator extends GenericContainer<RunningEmulator> {

	private final String image;

	RunningEmulator(String image) {
		super(image);
		this.image = image;
	}

	/** Without an engine, which would pull the image. */
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
