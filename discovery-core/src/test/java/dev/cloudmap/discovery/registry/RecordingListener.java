package dev.cloudmap.discovery.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Records its notifications.
 */
public final class RecordingListener implements WatchListener {

	public final List<String> events = new CopyOnWriteArrayList<>();

	/** The exception that a change notification throws; null for none. */
	public volatile RuntimeException failure;

	@Override
	public void onOpen() {
		this.events.add("open");
	}

	@Override
	public void onChange(String service) {
		if (this.failure != null) {
			throw this.failure;
		}
		this.events.add(service);
	}

	@Override
	public void onReset() {
		this.events.add("reset");
	}

	@Override
	public void onLost() {
		this.events.add("lost");
	}

}
