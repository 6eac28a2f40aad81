package dev.cloudmap.discovery.registry.embedded;

import org.springframework.context.SmartLifecycle;

/**
 * Keeps an application that has begun to stop from taking the registry over, which others
 * would lose again at once.
 */
public final class TakeoverGuard implements SmartLifecycle {

	private final HostOrJoin hostOrJoin;

	private volatile boolean running;

	public TakeoverGuard(HostOrJoin hostOrJoin) {
		this.hostOrJoin = hostOrJoin;
	}

	@Override
	public void start() {
		this.running = true;
	}

	/**
	 * Among the first to be told that the application stops; the registry itself is among
	 * the last.
	 */
	@Override
	public void stop() {
		this.running = false;
		this.hostOrJoin.stopTakingOver();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
