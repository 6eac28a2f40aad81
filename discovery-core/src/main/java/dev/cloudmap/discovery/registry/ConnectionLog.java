package dev.cloudmap.discovery.registry;

import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Filter that removes credentials from the JDK's log of
 * {@link java.net.HttpURLConnection}, with which the AWS SDK sends requests and fetches
 * credentials. At level FINE the JDK logs all headers. Other headers and messages are not
 * changed. Thread-safe.
 */
public final class ConnectionLog implements Filter {

	/** A strong reference, because the platform references loggers weakly. */
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
	 * Installs the filter, which applies at all levels of the logger.
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
