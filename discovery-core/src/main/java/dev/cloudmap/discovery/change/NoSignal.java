package dev.cloudmap.discovery.change;

import dev.cloudmap.discovery.ServiceName;

/**
 * Reports no changes.
 */
public final class NoSignal implements ChangeSignal {

	/** A subscription without changes. */
	public static final Subscription SILENT = new Subscription() {

		@Override
		public Coverage coverage() {
			return Coverage.NONE;
		}

		@Override
		public void close() {
		}

	};

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		return SILENT;
	}

}
