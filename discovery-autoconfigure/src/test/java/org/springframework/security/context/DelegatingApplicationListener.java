package org.springframework.security.context;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Has the name and the type of event of Spring Security's listener, which each secured
 * application has.
 */
public final class DelegatingApplicationListener implements ApplicationListener<ApplicationEvent> {

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
	}

}
