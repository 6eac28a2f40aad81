package dev.cloudmap.discovery.change;

/**
 * A listener that counts its notifications and has the state that a test sets.
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
