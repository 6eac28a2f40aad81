package dev.cloudmap.discovery.lookup;

import java.util.concurrent.CompletionStage;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;

/**
 * Looks up the instances of a service. Stateless: the catalog caches the results.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface InstanceSource {

	/**
	 * Looks a service up without blocking.
	 * @param service the service
	 * @return the result, empty if the service does not exist or has no instances; fails
	 * with {@link InconclusiveLookupException} if the answer is not sufficient to call an
	 * instance, and with another {@link DiscoveryException} if there was no answer
	 */
	CompletionStage<InstanceSet> lookup(ServiceName service);

}
