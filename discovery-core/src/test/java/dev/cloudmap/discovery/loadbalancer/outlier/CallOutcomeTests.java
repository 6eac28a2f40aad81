package dev.cloudmap.discovery.loadbalancer.outlier;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;

class CallOutcomeTests {

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(CallOutcome.NOT_CONNECTED, new ConnectException("Connection refused")),
				Arguments.of(CallOutcome.NOT_CONNECTED, new HttpConnectTimeoutException("HTTP connect timed out")),
				Arguments.of(CallOutcome.NOT_CONNECTED,
						new ResourceAccessException("I/O error", new ConnectException("refused"))),
				Arguments.of(CallOutcome.TIMED_OUT, new HttpTimeoutException("request timed out")),
				Arguments.of(CallOutcome.TIMED_OUT,
						new ResourceAccessException("I/O error", new SocketTimeoutException("Read timed out"))),
				Arguments.of(CallOutcome.TIMED_OUT, new TimeoutException()),
				Arguments.of(CallOutcome.BROKEN, new SocketException("Connection reset")),
				Arguments.of(CallOutcome.BROKEN, new UncheckedIOException(new IOException("broken pipe"))),
				Arguments.of(CallOutcome.UNKNOWN, new CancellationException()),
				Arguments.of(CallOutcome.UNKNOWN,
						new IOException("Request was interrupted", new InterruptedException())),
				Arguments.of(CallOutcome.UNKNOWN, new IOException("cancelled", new CancellationException())),
				Arguments.of(CallOutcome.UNKNOWN, new ClosedByInterruptException()),
				Arguments.of(CallOutcome.UNKNOWN, new InterruptedIOException("interrupted")),
				Arguments.of(CallOutcome.TIMED_OUT, new InterruptedIOException("timeout")),
				Arguments.of(CallOutcome.TIMED_OUT, late(new IOException(new InterruptedException()))),
				Arguments.of(CallOutcome.NOT_SENT, new ConnectionRequestTimeoutException()),
				Arguments.of(CallOutcome.NOT_SENT,
						new ResourceAccessException("I/O error", new ConnectionRequestTimeoutException())),
				Arguments.of(CallOutcome.UNKNOWN,
						new IllegalStateException("no token",
								new ResourceAccessException("I/O error", new ConnectException("refused")))),
				Arguments.of(CallOutcome.UNKNOWN, new IllegalStateException("our own")));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void derivesOutcomeFromCauses(CallOutcome outcome, Exception failure) {
		assertThat(CallOutcome.ofFailure(failure)).isEqualTo(outcome);
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 502, 503, 504, 599 })
	void status5xxIsAServerError(int status) {
		assertThat(CallOutcome.ofStatus(status)).isEqualTo(CallOutcome.SERVER_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 404, 429 })
	void anyOtherStatusIsAnswered(int status) {
		assertThat(CallOutcome.ofStatus(status)).isEqualTo(CallOutcome.ANSWERED);
	}

	@Test
	void failureWithoutExceptionIsUnknown() {
		assertThat(CallOutcome.ofFailure(null)).isEqualTo(CallOutcome.UNKNOWN);
	}

	private static HttpTimeoutException late(Exception cause) {
		HttpTimeoutException late = new HttpTimeoutException("late");
		late.initCause(cause);
		return late;
	}

	/** The form that Apache's client uses. */
	private static final class ConnectionRequestTimeoutException extends InterruptedIOException {

		private static final long serialVersionUID = 1L;

	}

}
