package dev.cloudmap.registry.store;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A store that cannot be opened or read. Its message names the file.
 */
public final class StoreException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	StoreException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	StoreException(String message) {
		super(message);
	}

	static StoreException inUse(Path file, @Nullable Throwable cause) {
		return new StoreException(
				"The file '%s' is in use by another registry. Stop that one, or choose another data directory."
					.formatted(file),
				cause);
	}

	static StoreException unwritable(Path file, Throwable cause) {
		return new StoreException("Cannot write the file '%s': %s.".formatted(file, cause.getMessage()), cause);
	}

	static StoreException missing(Path file, Path mark, long revision) {
		return new StoreException(("The file '%s' is missing, but '%s' tells that there were changes up to the "
				+ "revision %d. Put it back, or choose another data directory, or move '%s' away too to begin anew.")
			.formatted(file, mark, revision, mark.getFileName()));
	}

	static StoreException damaged(Path file, String what, @Nullable Throwable cause) {
		return new StoreException(("The file '%s' is damaged or is no registry's (%s). It was left as it is: choose "
				+ "another data directory, or move it and '%s' away to begin anew.")
			.formatted(file, what, Mark.FILE_NAME), cause);
	}

}
