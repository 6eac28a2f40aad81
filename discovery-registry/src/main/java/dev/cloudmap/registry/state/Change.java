package dev.cloudmap.registry.state;

/**
 * One thing that changed, and the revision of the registry that the change made.
 */
public sealed interface Change {

	/**
	 * Returns the revision that the change made.
	 * @return the revision that the change made
	 */
	long revision();

	/**
	 * A namespace was created.
	 *
	 * @param revision the revision that the change made
	 * @param namespace the namespace
	 */
	record NamespaceCreated(long revision, Namespace namespace) implements Change {

	}

	/**
	 * What is said about a namespace changed.
	 *
	 * @param revision the revision that the change made
	 * @param namespace the namespace as it is now
	 */
	record NamespaceUpdated(long revision, Namespace namespace) implements Change {

	}

	/**
	 * A namespace was deleted.
	 *
	 * @param revision the revision that the change made
	 * @param namespace the namespace as it was
	 */
	record NamespaceDeleted(long revision, Namespace namespace) implements Change {

	}

	/**
	 * A service was created.
	 *
	 * @param revision the revision that the change made
	 * @param service the service
	 */
	record ServiceCreated(long revision, Service service) implements Change {

	}

	/**
	 * A service's settings, or what is said about it, changed.
	 *
	 * @param revision the revision that the change made
	 * @param service the service as it is now
	 * @param before the service as it was
	 */
	record ServiceUpdated(long revision, Service service, Service before) implements Change {

	}

	/**
	 * A service, which had no instances any more, was deleted.
	 *
	 * @param revision the revision that the change made
	 * @param service the service as it was
	 */
	record ServiceDeleted(long revision, Service service) implements Change {

	}

	/**
	 * An instance was registered, or registered again with other attributes.
	 *
	 * @param revision the revision that the change made
	 * @param instance the instance as it is now
	 */
	record InstanceRegistered(long revision, Instance instance) implements Change {

	}

	/**
	 * An instance was deregistered.
	 *
	 * @param revision the revision that the change made
	 * @param instance the instance as it was
	 */
	record InstanceDeregistered(long revision, Instance instance) implements Change {

	}

	/**
	 * The health of an instance changed and nothing else about it.
	 *
	 * @param revision the revision that the change made
	 * @param instance the instance as it is now
	 */
	record HealthChanged(long revision, Instance instance) implements Change {

	}

}
