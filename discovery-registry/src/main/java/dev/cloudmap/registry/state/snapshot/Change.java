package dev.cloudmap.registry.state.snapshot;

import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;

/**
 * A change of the registry and its revision.
 */
public sealed interface Change {

	long revision();

	/** A change of a service itself. */
	sealed interface OfService extends Change {

		Service service();

	}

	/** A change of an instance. */
	sealed interface OfInstance extends Change {

		Instance instance();

	}

	/** A namespace was created. */
	record NamespaceCreated(long revision, Namespace namespace) implements Change {

	}

	/** A namespace was updated. */
	record NamespaceUpdated(long revision, Namespace namespace) implements Change {

	}

	/** A namespace was deleted. */
	record NamespaceDeleted(long revision, Namespace namespace) implements Change {

	}

	/** A service was created. */
	record ServiceCreated(long revision, Service service) implements OfService {

	}

	/** A service was updated. */
	record ServiceUpdated(long revision, Service service, Service before) implements OfService {

	}

	/** A service was deleted; it had no instances. */
	record ServiceDeleted(long revision, Service service) implements OfService {

	}

	/** An instance was registered or registered again. */
	record InstanceRegistered(long revision, Instance instance) implements OfInstance {

	}

	/** An instance was deregistered. */
	record InstanceDeregistered(long revision, Instance instance) implements OfInstance {

	}

	/** The health of an instance changed. */
	record HealthChanged(long revision, Instance instance) implements OfInstance {

	}

}
