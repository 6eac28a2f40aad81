package dev.cloudmap.discovery.autoconfigure.registration;

import org.jspecify.annotations.Nullable;

/**
 * Detection of Spring Boot's developer tools.
 */
final class Devtools {

	private static final String RESTART_CLASS_LOADER = "org.springframework.boot.devtools.restart.classloader.RestartClassLoader";

	private Devtools() {
	}

	/**
	 * Whether the developer tools restart the application of a class loader within its
	 * JVM, which happens only in development.
	 */
	static boolean restarts(@Nullable ClassLoader loader) {
		for (ClassLoader next = loader; next != null; next = next.getParent()) {
			if (next.getClass().getName().equals(RESTART_CLASS_LOADER)) {
				return true;
			}
		}
		return false;
	}

}
