package dev.cloudmap.registry.state;

import org.slf4j.event.Level;

/**
 * A journal cannot keep changes at present. The change is not made in the running
 * registry; what was acknowledged before stays visible. The message is sent to clients
 * and contains no paths; the message of the cause names the file.
 */
public final class JournalException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final String INTACT = "All that was acknowledged is intact";

	private static final String IN_MEMORY = "All that was acknowledged is in memory only, and is lost when the "
			+ "registry stops before the cause is removed";

	private final String reason;

	private final String consequence;

	private JournalException(String reason, String consequence, String untilRemoved, Throwable cause) {
		super(("The registry cannot keep changes: %s. This change was not made. %s%s. After the cause is removed, the "
				+ "registry accepts changes again without a restart.")
			.formatted(reason, consequence, untilRemoved), cause);
		this.reason = reason;
		this.consequence = consequence;
	}

	/**
	 * Creates the exception of a journal that still has all that was acknowledged.
	 * @param reason why changes cannot be kept, such as {@code No space left on device}
	 * @param cause the failure, whose message names the file
	 */
	public JournalException(String reason, Throwable cause) {
		this(reason, INTACT,
				". If the process is killed before the cause is removed, the next start may find this change made",
				cause);
	}

	/**
	 * Creates the exception of a journal whose file is missing, so that all that was
	 * acknowledged is in memory only.
	 * @param reason why changes cannot be kept
	 * @param cause the failure, whose message names the file
	 * @return the exception
	 */
	public static JournalException inMemoryOnly(String reason, Throwable cause) {
		return new JournalException(reason, IN_MEMORY, "", cause);
	}

	/**
	 * Returns why changes cannot be kept.
	 * @return the reason, without a full stop
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Returns where the acknowledged changes are.
	 * @return a sentence without a full stop
	 */
	String consequence() {
		return this.consequence;
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
