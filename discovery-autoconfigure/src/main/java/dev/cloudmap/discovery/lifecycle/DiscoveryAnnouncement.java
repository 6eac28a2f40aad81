package dev.cloudmap.discovery.lifecycle;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Tells an application that is not registered, but calls others, that discovery is there:
 * Spring Cloud's own health indicator waits for the event of a registration.
 */
public final class DiscoveryAnnouncement implements ApplicationListener<ApplicationReadyEvent> {

	private final ApplicationContext context;

	public DiscoveryAnnouncement(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.context.publishEvent(new InstanceRegisteredEvent<>(this, this.context.getId()));
		}
	}

}
