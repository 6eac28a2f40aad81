package dev.cloudmap.discovery.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.ImmediateCatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;

/**
 * Publishes Spring Cloud's {@link HeartbeatEvent} when the set of services or the
 * instances of a service have changed. Listeners run on a thread of their own, and what
 * they look up is up to date. Changes that follow each other while a listener runs are
 * one more event. The set of services is kept fresh for this only where there are
 * listeners.
 */
public final class HeartbeatPublisher implements ImmediateCatalogListener, ApplicationListener<ContextRefreshedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(HeartbeatPublisher.class);

	private final ApplicationContext context;

	private final Executor executor;

	private final Supplier<InstanceCatalog> catalog;

	private final Supplier<ServiceList> services;

	private final AtomicBoolean following = new AtomicBoolean();

	/** Whether an event waits for the executor. */
	private final AtomicBoolean waiting = new AtomicBoolean();

	private final AtomicLong changes = new AtomicLong();

	/**
	 * Creates the publisher.
	 * @param context publishes the events, and has the listeners
	 * @param executor runs the listeners, one after the other
	 * @param catalog the catalog that this listens to
	 * @param services the services of the namespace
	 */
	public HeartbeatPublisher(ApplicationContext context, Executor executor, Supplier<InstanceCatalog> catalog,
			Supplier<ServiceList> services) {
		this.context = context;
		this.executor = executor;
		this.catalog = catalog;
		this.services = services;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context && HeartbeatListeners.exist(this.context)
				&& this.following.compareAndSet(false, true)) {
			this.catalog.get().expectHeartbeats();
			this.services.get().follow(this::onUpdate);
		}
	}

	@Override
	public void onChange(InstanceSet set) {
		publishSoon();
	}

	/**
	 * The catalog reports the changes of the services that it watches itself, once it has
	 * looked them up.
	 */
	private void onUpdate(ServiceList.Update update) {
		if (update.isChange() || !update.reported().stream().allMatch(this::isWatched)) {
			publishSoon();
		}
	}

	private boolean isWatched(String service) {
		return this.catalog.get()
			.watched()
			.stream()
			.anyMatch((watched) -> watched.name().name().equalsIgnoreCase(service));
	}

	private void publishSoon() {
		if (this.waiting.compareAndSet(false, true)) {
			try {
				this.executor.execute(this::publish);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("No heartbeat is published any more: the application is stopping", ex);
			}
		}
	}

	private void publish() {
		this.waiting.set(false);
		try {
			if (this.following.get()) {
				this.catalog.get().heartbeat();
			}
			// the numbers of other discovery clients must not be taken for these
			this.context.publishEvent(new HeartbeatEvent(this, "discovery-" + this.changes.incrementAndGet()));
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener failed on HeartbeatEvent", ex);
		}
	}

}
