package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds the reason why a file cannot be read or written: the message of the operating
 * system, such as "No space left on device".
 */
final class FailureReason {

	/** Such as "sun.nio.ch.FileChannelImpl@1e67a849" and "[2.4.240/1]". */
	private static final Pattern INTERNALS = Pattern.compile(" ?[\\w.$]+@[0-9a-f]+| ?\\[\\d+(\\.\\d+)+/\\d+]");

	private FailureReason() {
	}

	/**
	 * Returns the reason without a path, for clients.
	 * @param failure what was thrown
	 * @return the reason, without a full stop
	 */
	static String of(Throwable failure) {
		IOException origin = origin(failure);
		return (origin != null) ? of(origin) : orName(failure.getMessage(), failure);
	}

	/**
	 * Returns the reason with the path of the file, if the failure has one.
	 * @param failure what was thrown
	 * @return the reason, without a full stop
	 */
	static String withPath(Throwable failure) {
		return (origin(failure) instanceof FileSystemException origin && origin.getFile() != null)
				? "%s ('%s')".formatted(of(origin), origin.getFile()) : of(failure);
	}

	/**
	 * Returns a message of H2 without names of Java objects and H2's version.
	 * @param message the message
	 */
	static String withoutInternals(String message) {
		return INTERNALS.matcher(message).replaceAll("");
	}

	private static @Nullable IOException origin(Throwable failure) {
		IOException origin = null;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			origin = (cause instanceof IOException io) ? io : origin;
		}
		return origin;
	}

	private static String of(IOException failure) {
		if (failure instanceof FileAlreadyExistsException) {
			return "there is a file of that name";
		}
		if (failure instanceof AccessDeniedException) {
			return "the permission to write is missing";
		}
		if (failure instanceof NoSuchFileException) {
			return "a file or directory does not exist";
		}
		if (failure instanceof FileSystemException other) {
			return orName(other.getReason(), failure);
		}
		return orName(failure.getMessage(), failure);
	}

	private static String orName(@Nullable String message, Throwable failure) {
		return (message != null && !message.isBlank()) ? message : failure.getClass().getSimpleName();
	}

}
