package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.ByteArrayInputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the limits of a whole answer.
 */
class LimitedInputStreamTests {

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final LimitedInputStream stream = new LimitedInputStream(new ByteArrayInputStream(new byte[10]), 7,
			Duration.ofNanos(20), this.nanos.get(), this.nanos::get);

	@Test
	void readsUntilTheDeadline() throws Exception {
		assertThat(this.stream.read()).isZero();
		this.nanos.addAndGet(20);
		assertThat(this.stream.read(new byte[4])).isEqualTo(4);
		assertThat(this.stream.skip(2)).isEqualTo(2);
	}

	@Test
	void failsAfterTheDeadline() {
		this.nanos.addAndGet(21);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this.stream::read)
			.withMessageContaining("as a whole within 0 ms");
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.stream.read(new byte[4]));
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.stream.skip(1));
	}

	@Test
	void failsBeyondTheMaximumLength() throws Exception {
		assertThat(this.stream.readNBytes(7)).hasSize(7);
		assertThatExceptionOfType(AnswerTooLargeException.class).isThrownBy(this.stream::read)
			.withMessageContaining("at most 7 bytes");
	}

}
