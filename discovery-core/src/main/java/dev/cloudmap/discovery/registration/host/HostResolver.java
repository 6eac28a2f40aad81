package dev.cloudmap.discovery.registration.host;

/**
 * Finds the address at which other applications reach this one. Resolvers are called in
 * order until one returns an address. A bean of this type comes after
 * {@code discovery.registration.host} and before all others. It is called on a thread of
 * the library and may block.
 */
@FunctionalInterface
public interface HostResolver {

	/**
	 * Finds the address. An exception ends the attempt to register, which is repeated
	 * later.
	 * @return the address, or the reason why there is none
	 */
	HostResolution resolve();

	/**
	 * The name of this resolver for log lines.
	 */
	default String name() {
		String type = getClass().getName();
		int lambda = type.indexOf("$$Lambda");
		return (lambda < 0) ? type : "a HostResolver of " + type.substring(0, lambda);
	}

}
