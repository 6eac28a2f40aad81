package dev.cloudmap.discovery.change;

/**
 * Someone who counts what it is told, and is as a test wants it to be.
 */
final class Told implements ChangeSignal.Listener {

	int times;

	boolean waiting = true;

	boolean dated;

	@Override
	public void changed() {
		this.times++;
	}

	@Override
	public boolean isWaiting() {
		return this.waiting;
	}

	@Override
	public boolean isDated() {
		return this.dated;
	}

}
