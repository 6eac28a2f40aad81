package dev.cloudmap.discovery.client;

import java.util.concurrent.atomic.AtomicLong;

import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.CatalogListener;

/**
 * Publishes Spring Cloud's heartbeat when, and only when, the members of a watched
 * service have changed.
 */
public final class HeartbeatPublisher implements CatalogListener {

	private final ApplicationEventPublisher publisher;

	private final AtomicLong changes = new AtomicLong();

	public HeartbeatPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onChange(InstanceSet set) {
		this.publisher.publishEvent(new HeartbeatEvent(this, this.changes.incrementAndGet()));
	}

}
