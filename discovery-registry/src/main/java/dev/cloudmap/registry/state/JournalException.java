package dev.cloudmap.registry.state;

import org.slf4j.event.Level;

/**
 * The journal could not store a change. The change has no effect. The message is sent to
 * clients and contains no paths; the message of the cause names the file.
 */
public final class JournalException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final String INTACT = "All acknowledged changes are stored";

	private static final String IN_MEMORY = "The acknowledged changes are in memory only. They are "
			+ "lost if the registry stops before the cause is removed";

	private final String reason;

	private final String consequence;

	private JournalException(String reason, String consequence, String untilRemoved, Throwable cause) {
		super(("The registry cannot store changes: %s. This change was not made. %s%s. After the cause is removed, the "
				+ "registry accepts changes again without a restart.")
			.formatted(reason, consequence, untilRemoved), cause);
		this.reason = reason;
		this.consequence = consequence;
	}

	/**
	 * Creates an exception of a journal with all acknowledged changes.
	 * @param reason the reason, such as {@code No space left on device}
	 * @param cause the failure, whose message names the file
	 */
	public JournalException(String reason, Throwable cause) {
		this(reason, INTACT,
				". If the process is killed before the cause is removed, this change can be present after the next start",
				cause);
	}

	/**
	 * Creates an exception of a journal whose file is missing.
	 * @param reason the reason
	 * @param cause the failure, whose message names the file
	 * @return the exception
	 */
	public static JournalException inMemoryOnly(String reason, Throwable cause) {
		return new JournalException(reason, IN_MEMORY, "", cause);
	}

	/**
	 * Returns the reason.
	 * @return the reason, without a full stop
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Returns a sentence on the acknowledged changes, without a full stop.
	 */
	String consequence() {
		return this.consequence;
	}

	/**
	 * Returns the message.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

	/**
	 * Returns the log level of a failed change. A failure of the journal is logged once
	 * for all changes by the journal writer.
	 * @param failure the failure of a change
	 * @return {@code DEBUG} for a failure of the journal, {@code WARN} for others
	 */
	public static Level level(Throwable failure) {
		return (failure instanceof JournalException) ? Level.DEBUG : Level.WARN;
	}

}
