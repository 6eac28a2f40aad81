package dev.cloudmap.discovery.lookup;

import java.time.Duration;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;

/**
 * Receives the result of each lookup of a service, on the thread of the lookup. It must
 * not block.
 */
public interface LookupListener {

	/**
	 * A lookup has succeeded.
	 * @param set the result
	 * @param duration how long the lookup took
	 */
	void succeeded(InstanceSet set, Duration duration);

	/**
	 * A lookup has failed.
	 * @param service the service
	 * @param failure the reason
	 * @param duration how long the lookup took
	 */
	void failed(ServiceName service, Throwable failure, Duration duration);

}
