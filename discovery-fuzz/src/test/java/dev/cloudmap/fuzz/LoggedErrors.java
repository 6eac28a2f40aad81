package dev.cloudmap.fuzz;

import java.io.Serial;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The SLF4J provider of fuzz targets. It writes nothing and stores the first logged
 * error, which is a finding like an exception.
 */
public final class LoggedErrors implements SLF4JServiceProvider {

	private static volatile @Nullable Logged first;

	private final ErrorLogger logger = new ErrorLogger();

	/**
	 * Fails if an error has been logged since the last call.
	 */
	public static void rethrow() {
		Logged error = first;
		if (error != null) {
			first = null;
			throw new AssertionError("An error was logged: " + error.message, error.cause);
		}
	}

	@Override
	public ILoggerFactory getLoggerFactory() {
		return (name) -> this.logger;
	}

	@Override
	public IMarkerFactory getMarkerFactory() {
		return new BasicMarkerFactory();
	}

	@Override
	public MDCAdapter getMDCAdapter() {
		return new NOPMDCAdapter();
	}

	@Override
	public String getRequestedApiVersion() {
		return "2.0";
	}

	@Override
	public void initialize() {
	}

	private static final class ErrorLogger extends LegacyAbstractLogger {

		@Serial
		private static final long serialVersionUID = 1L;

		@Override
		public boolean isTraceEnabled() {
			return false;
		}

		@Override
		public boolean isDebugEnabled() {
			return false;
		}

		@Override
		public boolean isInfoEnabled() {
			return false;
		}

		@Override
		public boolean isWarnEnabled() {
			return false;
		}

		@Override
		public boolean isErrorEnabled() {
			return true;
		}

		@Override
		protected String getFullyQualifiedCallerName() {
			return LoggedErrors.class.getName();
		}

		@Override
		protected void handleNormalizedLoggingCall(Level level, Marker marker, String message, Object[] arguments,
				Throwable cause) {
			if (first == null) {
				first = new Logged(message, cause);
			}
		}

	}

	private record Logged(String message, @Nullable Throwable cause) {
	}

}
