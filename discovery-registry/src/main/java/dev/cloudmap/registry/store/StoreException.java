package dev.cloudmap.registry.store;

/**
 * A store that cannot be opened or read. Its message names the file.
 */
public final class StoreException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	StoreException(String message, Throwable cause) {
		super(message, cause);
	}

	StoreException(String message) {
		super(message);
	}

}
