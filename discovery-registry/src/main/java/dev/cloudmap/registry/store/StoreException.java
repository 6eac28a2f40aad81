package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be opened or read. The message names the file.
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

	/**
	 * Creates the exception of a failure to write a file at the start.
	 * @param written the file that could not be written
	 * @param kept the file with the stored content
	 * @param cause the cause
	 */
	static StoreException unwritable(Path written, Path kept, Throwable cause) {
		return new StoreException(("Cannot write the file '%s': %s. What was kept in '%s' before is intact. Mend that "
				+ "and start again; a start needs room for a copy of that file.")
			.formatted(written, FailureReason.withPath(cause), kept), cause);
	}

	/**
	 * Creates the exception of a read-only file or directory.
	 * @param written the file or directory
	 * @param cause the cause
	 */
	static StoreException readOnly(Path written, IOException cause) {
		return new StoreException((cause instanceof AccessDeniedException)
				? "'%s' cannot be written by this process. Give it the right to, or choose another data directory."
					.formatted(written)
				: ("'%s' cannot be written: %s. Mend that (a read-only file system has to be mounted for writing), or "
						+ "choose another data directory.")
					.formatted(written, FailureReason.of(cause)),
				cause);
	}

	static StoreException unusable(Path directory, Throwable cause) {
		return new StoreException(
				"Cannot use the data directory '%s': %s.".formatted(directory, FailureReason.withPath(cause)), cause);
	}

	/**
	 * Creates the exception of a failure to write a file of a running registry.
	 */
	static StoreException unkept(Path file, Throwable cause) {
		return new StoreException("Cannot write the file '%s': %s.".formatted(file, FailureReason.withPath(cause)),
				cause);
	}

	static StoreException missing(Path file, Path mark, long revision) {
		return new StoreException(("The file '%s' is missing, but '%s' shows that there were changes up to the "
				+ "revision %d. Put it back, or choose another data directory, or move '%s' away too to begin anew.")
			.formatted(file, mark, revision, mark.getFileName()));
	}

	static StoreException damaged(Path file, String what, @Nullable Throwable cause) {
		return new StoreException(("The file '%s' is damaged or is no registry's (%s). It was left as it is: choose "
				+ "another data directory, or move it and '%s' away to begin anew.")
			.formatted(file, FailureReason.withoutInternals(what), RevisionMark.FILE_NAME), cause);
	}

}
