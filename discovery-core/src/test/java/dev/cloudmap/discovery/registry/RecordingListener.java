package dev.cloudmap.discovery.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Records its notifications.
 */
public final class RecordingListener implements WatchListener {

	public final List<String> told = new CopyOnWriteArrayList<>();

	/** The exception that a change notification throws; null for none. */
	public volatile RuntimeException failure;

	@Override
	public void onOpen() {
		this.told.add("open");
	}

	@Override
	public void onChange(String service) {
		if (this.failure != null) {
			throw this.failure;
		}
		this.told.add(service);
	}

	@Override
	public void onReset() {
		this.told.add("reset");
	}

	@Override
	public void onLost() {
		this.told.add("lost");
	}

}
