package org.springframework.boot.devtools.restart;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * A stub with the name and the event type of the listener of Spring Boot Devtools.
 */
public final class RestartApplicationListener implements ApplicationListener<ApplicationEvent> {

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
	}

}
