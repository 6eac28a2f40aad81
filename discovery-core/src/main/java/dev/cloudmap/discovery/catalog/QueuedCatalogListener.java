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
 * Runs a listener on an executor. While it runs, only the latest change of each service
 * is kept for it.
 */
final class QueuedCatalogListener implements CatalogListener {

	private static final Logger logger = LoggerFactory.getLogger(QueuedCatalogListener.class);

	private final CatalogListener listener;

	private final Executor executor;

	/** Guarded by itself. */
	private final Map<ServiceName, InstanceSet> waiting = new LinkedHashMap<>();

	QueuedCatalogListener(CatalogListener listener, Executor executor) {
		this.listener = listener;
		this.executor = executor;
	}

	@Override
	public void onChange(InstanceSet set) {
		boolean first;
		synchronized (this.waiting) {
			first = this.waiting.isEmpty();
			this.waiting.put(set.service(), set);
		}
		if (first) {
			execute();
		}
	}

	private void execute() {
		try {
			this.executor.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("No listener runs any more: the application is stopping", ex);
		}
	}

	private void run() {
		Map<ServiceName, InstanceSet> changes;
		synchronized (this.waiting) {
			changes = new LinkedHashMap<>(this.waiting);
			this.waiting.clear();
		}
		for (InstanceSet set : changes.values()) {
			try {
				this.listener.onChange(set);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A listener failed on the change of {}", set.service(), ex);
			}
		}
	}

}
