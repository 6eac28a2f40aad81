package dev.cloudmap.discovery.registration;

import org.springframework.context.ApplicationEvent;

/**
 * The registration of this application has changed its state. Is published on the
 * library's thread that registers: a listener that blocks holds up what the registry is
 * told.
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
