package dev.cloudmap.discovery.registry;

import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Hides credentials in what the JDK logs of {@link java.net.HttpURLConnection}, by which
 * the AWS SDK sends requests and fetches credentials: at FINE it logs all headers. The
 * other headers, and other messages, stay. Thread-safe.
 */
public final class ConnectionLog implements Filter {

	/** Held, since the platform holds loggers weakly. */
	private static final Logger logger = Logger.getLogger("sun.net.www.protocol.http.HttpURLConnection");

	/** As {@code sun.net.www.MessageHeader} writes them: {name: value}{name: value}. */
	private static final Pattern CREDENTIALS = Pattern.compile(
			"\\{([^{}:]*(?:authorization|token|cookie)[^{}:]*): (.*?)\\}(?=\\{|$)",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private final @Nullable Filter next;

	private ConnectionLog(@Nullable Filter next) {
		this.next = next;
	}

	/**
	 * Hides credentials from now on, whatever the level of the logger is or becomes.
	 */
	public static void hideCredentials() {
		synchronized (logger) {
			if (!(logger.getFilter() instanceof ConnectionLog)) {
				logger.setFilter(new ConnectionLog(logger.getFilter()));
			}
		}
	}

	@Override
	public boolean isLoggable(LogRecord entry) {
		String message = entry.getMessage();
		if (message != null && message.indexOf('{') >= 0) {
			entry.setMessage(CREDENTIALS.matcher(message).replaceAll("{$1: (hidden)}"));
		}
		return this.next == null || this.next.isLoggable(entry);
	}

}
