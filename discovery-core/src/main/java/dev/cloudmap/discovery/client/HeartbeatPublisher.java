package dev.cloudmap.discovery.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.AbstractApplicationContext;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.ImmediateCatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.ServiceList;

/**
 * Publishes Spring Cloud's {@link HeartbeatEvent} when the set of services or the
 * instances of a service have changed. Listeners run on a separate thread after the
 * catalog was updated. Changes that occur while a listener runs are merged into one
 * event. The set of services is refreshed only if there are listeners. Descendants of the
 * context share its catalog: their listeners receive each event once. Thread-safe.
 */
public final class HeartbeatPublisher
		implements ImmediateCatalogListener, ApplicationListener<ApplicationContextEvent> {

	private static final Logger logger = LoggerFactory.getLogger(HeartbeatPublisher.class);

	private final ApplicationContext context;

	private final Executor executor;

	private final Supplier<InstanceCatalog> catalog;

	private final Supplier<NamespaceServices> services;

	/** The descendants of the context that have listeners. */
	private final Set<ApplicationContext> descendants = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean following = new AtomicBoolean();

	/** Whether an event is queued in the executor. */
	private final AtomicBoolean waiting = new AtomicBoolean();

	private final AtomicLong changes = new AtomicLong();

	/**
	 * Creates the publisher.
	 * @param context publishes the events
	 * @param executor runs the listeners one at a time
	 * @param catalog the catalog
	 * @param services the services of the namespaces
	 */
	public HeartbeatPublisher(ApplicationContext context, Executor executor, Supplier<InstanceCatalog> catalog,
			Supplier<NamespaceServices> services) {
		this.context = context;
		this.executor = executor;
		this.catalog = catalog;
		this.services = services;
	}

	@Override
	public void onApplicationEvent(ApplicationContextEvent event) {
		ApplicationContext source = event.getApplicationContext();
		if (event instanceof ContextClosedEvent) {
			this.descendants.remove(source);
		}
		else if (event instanceof ContextRefreshedEvent) {
			if (source != this.context && HeartbeatListeners.existIn(source)) {
				// only this context and its descendants publish these events
				this.descendants.add(source);
				follow();
			}
			else if (source == this.context && HeartbeatListeners.exist(source)) {
				follow();
			}
		}
	}

	private void follow() {
		if (this.following.compareAndSet(false, true)) {
			this.catalog.get().expectHeartbeats();
			this.services.get().follow(this::onUpdate);
		}
	}

	@Override
	public void onChange(InstanceSet set) {
		publishSoon();
	}

	/**
	 * Changes of services in the catalog are reported by {@link #onChange} after their
	 * lookup.
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
				logger.debug("Heartbeats are not published any more: the application is stopping", ex);
			}
		}
	}

	private void publish() {
		this.waiting.set(false);
		// the prefix distinguishes the value from those of other discovery clients
		HeartbeatEvent event = new HeartbeatEvent(this, "discovery-" + this.changes.incrementAndGet());
		publish(this::publishHere, event);
		this.descendants.forEach((descendant) -> publish(
				// a context would publish the event to its ancestors again
				(heartbeat) -> multicaster(descendant).multicastEvent(heartbeat), event));
	}

	private void publishHere(HeartbeatEvent event) {
		if (this.following.get()) {
			this.catalog.get().heartbeat();
		}
		this.context.publishEvent(event);
	}

	private static ApplicationEventMulticaster multicaster(ApplicationContext context) {
		return context.getBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
				ApplicationEventMulticaster.class);
	}

	private static void publish(Consumer<HeartbeatEvent> target, HeartbeatEvent event) {
		try {
			target.accept(event);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener of HeartbeatEvent failed", ex);
		}
	}

}
