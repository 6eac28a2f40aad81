package org.springframework.security.context;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * A stub with the name and the event type of the listener of Spring Security, which is
 * present in every secured application.
 */
public final class DelegatingApplicationListener implements ApplicationListener<ApplicationEvent> {

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
	}

}
