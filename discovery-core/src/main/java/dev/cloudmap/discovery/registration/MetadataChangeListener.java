package dev.cloudmap.discovery.registration;

import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;

/**
 * Has the registry told when the metadata of this application have changed while it runs.
 */
public final class MetadataChangeListener implements ApplicationListener<EnvironmentChangeEvent> {

	private final String prefix;

	private final RegistrationActor actor;

	/**
	 * Creates the listener.
	 * @param prefix what the names of the metadata's properties begin with; not null
	 * @param actor tells the registry; not null
	 */
	public MetadataChangeListener(String prefix, RegistrationActor actor) {
		this.prefix = prefix;
		this.actor = actor;
	}

	@Override
	public void onApplicationEvent(EnvironmentChangeEvent event) {
		if (event.getKeys().stream().anyMatch((key) -> key.startsWith(this.prefix))) {
			// the actor says what goes wrong, and tries again
			var unused = this.actor.update();
		}
	}

}
