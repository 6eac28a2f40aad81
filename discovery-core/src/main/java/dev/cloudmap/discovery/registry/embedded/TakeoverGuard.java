package dev.cloudmap.discovery.registry.embedded;

import org.springframework.context.SmartLifecycle;

/**
 * Prevents an application that is stopping from taking the registry over. Other
 * applications would lose that registry at once.
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
	 * Stops among the first components; the registry itself stops among the last.
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
