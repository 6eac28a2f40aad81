package dev.cloudmap.registry.state;

import org.slf4j.event.Level;

/**
 * A journal that cannot keep changes at present. Nothing of the change remains; what was
 * acknowledged before does. The message is meant for clients too, and the cause's names
 * the file.
 */
public final class JournalException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param reason why changes cannot be kept, as the operating system says it, such as
	 * {@code No space left on device}
	 * @param cause what it came from, whose message names the file
	 */
	public JournalException(String reason, Throwable cause) {
		super(("The registry cannot keep changes: %s. This change was not made. All that was acknowledged is intact, "
				+ "and is looked up as before. When the cause is mended the registry goes on without a restart.")
			.formatted(reason), cause);
	}

	/**
	 * Returns the message, which is always present.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

	/**
	 * Returns the level at which the consequence of a failure is logged. What a journal
	 * cannot keep is logged once for all changes that it concerns.
	 * @param failure a failure of a change
	 * @return {@code DEBUG} for this failure, {@code WARN} for others
	 */
	public static Level level(Throwable failure) {
		return (failure instanceof JournalException) ? Level.DEBUG : Level.WARN;
	}

}
