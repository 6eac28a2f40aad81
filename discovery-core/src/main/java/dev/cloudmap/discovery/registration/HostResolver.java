package dev.cloudmap.discovery.registration;

/**
 * Knows the address at which others reach this application. Several are asked in order;
 * the first that knows one wins. A bean of this type is asked after
 * {@code discovery.registration.host} and before all others, on the library's own thread.
 */
@FunctionalInterface
public interface HostResolver {

	/**
	 * The address. An exception ends the attempt to register, which is made again later.
	 * @return the address, or why this resolver knows none; never null
	 */
	HostAnswer resolve();

	/**
	 * What to call this resolver in a log line; never null.
	 */
	default String name() {
		String type = getClass().getName();
		int lambda = type.indexOf("$$Lambda");
		return (lambda < 0) ? type : "a HostResolver of " + type.substring(0, lambda);
	}

}
