package org.springframework.boot.devtools.restart;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Has the name and the type of event of Spring Boot's developer tools' listener.
 */
public final class RestartApplicationListener implements ApplicationListener<ApplicationEvent> {

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
	}

}
