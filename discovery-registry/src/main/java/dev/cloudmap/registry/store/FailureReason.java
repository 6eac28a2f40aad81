package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import org.jspecify.annotations.Nullable;

/**
 * Says why files cannot be read or written, in the words of the operating system, such as
 * "No space left on device". The messages of H2 and of Java name Java objects, or nothing
 * but the path.
 */
final class FailureReason {

	private FailureReason() {
	}

	/**
	 * Returns the reason.
	 * @param failure what was thrown
	 * @return the reason, without a full stop
	 */
	static String of(Throwable failure) {
		IOException origin = null;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			origin = (cause instanceof IOException io) ? io : origin;
		}
		return (origin != null) ? of(origin) : orName(failure.getMessage(), failure);
	}

	private static String of(IOException failure) {
		if (failure instanceof FileAlreadyExistsException) {
			return "there is a file of that name";
		}
		if (failure instanceof AccessDeniedException denied) {
			return "this process may not write '%s'".formatted(denied.getFile());
		}
		if (failure instanceof NoSuchFileException missing) {
			return "'%s' does not exist".formatted(missing.getFile());
		}
		if (failure instanceof FileSystemException other && other.getReason() != null) {
			return "%s ('%s')".formatted(other.getReason(), other.getFile());
		}
		return orName(failure.getMessage(), failure);
	}

	private static String orName(@Nullable String message, Throwable failure) {
		return (message != null && !message.isBlank()) ? message : failure.getClass().getSimpleName();
	}

}
