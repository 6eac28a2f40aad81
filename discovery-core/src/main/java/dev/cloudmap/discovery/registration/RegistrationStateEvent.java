package dev.cloudmap.discovery.registration;

import org.springframework.context.ApplicationEvent;

import dev.cloudmap.discovery.registration.reconcile.RegistrationState;

/**
 * The state of this application's registration has changed. Published on the library's
 * thread for listeners, in order.
 */
public final class RegistrationStateEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final transient RegistrationState state;

	RegistrationStateEvent(Object source, RegistrationState state) {
		super(source);
		this.state = state;
	}

	/**
	 * The state from now on.
	 */
	public RegistrationState getState() {
		return this.state;
	}

}
