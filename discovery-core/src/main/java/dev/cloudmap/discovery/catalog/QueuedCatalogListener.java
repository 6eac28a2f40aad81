package dev.cloudmap.discovery.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;

/**
 * Runs a listener on an executor. While the listener runs, later changes of the same
 * service replace each other. Thread-safe.
 */
final class QueuedCatalogListener implements CatalogListener {

	private static final Logger logger = LoggerFactory.getLogger(QueuedCatalogListener.class);

	private final CatalogListener listener;

	private final Executor executor;

	/** Guarded by itself. */
	private final Map<ServiceName, InstanceSet> pending = new LinkedHashMap<>();

	QueuedCatalogListener(CatalogListener listener, Executor executor) {
		this.listener = listener;
		this.executor = executor;
	}

	@Override
	public void onChange(InstanceSet set) {
		synchronized (this.pending) {
			boolean first = this.pending.isEmpty();
			this.pending.put(set.service(), set);
			if (!first) {
				return;
			}
		}
		try {
			this.executor.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Listeners are not called any more: the application is stopping", ex);
		}
	}

	private void run() {
		Map<ServiceName, InstanceSet> changes;
		synchronized (this.pending) {
			changes = new LinkedHashMap<>(this.pending);
			this.pending.clear();
		}
		for (InstanceSet set : changes.values()) {
			try {
				this.listener.onChange(set);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A listener failed to handle the change of {}", set.service(), ex);
			}
		}
	}

}
