package dev.cloudmap.discovery.lookup;

import java.util.concurrent.CompletionStage;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;

/**
 * One lookup of one service. It keeps nothing: what is found is kept by the catalog.
 */
@FunctionalInterface
public interface InstanceSource {

	/**
	 * Looks a service up. Does not block the caller.
	 * @param service the service
	 * @return what was found, an empty set if the service does not exist or has no
	 * instance; fails with {@link InconclusiveLookupException} if the answer isn't enough
	 * to call anyone, and with another {@link DiscoveryException} if there was no answer
	 */
	CompletionStage<InstanceSet> lookup(ServiceName service);

}
