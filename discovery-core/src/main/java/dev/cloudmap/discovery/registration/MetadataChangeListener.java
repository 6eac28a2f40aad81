package dev.cloudmap.discovery.registration;

import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;

/**
 * Updates the registry when the metadata of this application change while it runs.
 */
public final class MetadataChangeListener implements ApplicationListener<EnvironmentChangeEvent> {

	private final String prefix;

	private final RegistrationReconciler reconciler;

	/**
	 * Creates the listener.
	 * @param prefix the prefix of the metadata's properties
	 * @param reconciler updates the registry
	 */
	public MetadataChangeListener(String prefix, RegistrationReconciler reconciler) {
		this.prefix = prefix;
		this.reconciler = reconciler;
	}

	@Override
	public void onApplicationEvent(EnvironmentChangeEvent event) {
		if (event.getKeys().stream().anyMatch((key) -> key.startsWith(this.prefix))) {
			// the reconciler logs and repeats what fails
			var unused = this.reconciler.update();
		}
	}

}
