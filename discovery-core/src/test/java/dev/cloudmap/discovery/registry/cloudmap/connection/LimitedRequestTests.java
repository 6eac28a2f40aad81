package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapHttpClient.LimitedRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests how a slow request ends: the SDK's timer aborts it before the answer begins, and
 * afterwards the reading thread does. Both at once would cause a deadlock.
 */
class LimitedRequestTests {

	private static final Duration TIME = Duration.ofSeconds(3);

	private final AtomicLong ticker = new AtomicLong();

	private final AtomicInteger aborted = new AtomicInteger();

	private final AtomicInteger closed = new AtomicInteger();

	private Runnable beforeTheAnswer = () -> {
	};

	private final LimitedRequest request = new LimitedRequest(new Delegate(), TIME, this.ticker::get);

	@Test
	void doesNotAbortDuringTheAnswer() throws IOException {
		InputStream body = this.request.call().responseBody().orElseThrow();
		assertThat(body.read()).isEqualTo(1);
		this.request.abort();
		assertThat(this.aborted).hasValue(0);
		assertThat(this.closed).hasValue(0);
		assertThat(body.read()).isEqualTo(2);
	}

	@Test
	void abortsBeforeTheAnswer() {
		this.beforeTheAnswer = this.request::abort;
		assertThatExceptionOfType(IOException.class).isThrownBy(this.request::call).withMessageContaining("aborted");
		assertThat(this.aborted).hasValue(1);
		// the thread that aborts the request closes the answer
		assertThat(this.closed).hasValue(0);
	}

	@Test
	void deadlineStartsWithTheRequest() throws IOException {
		this.beforeTheAnswer = () -> this.ticker.addAndGet(TIME.toNanos());
		InputStream body = this.request.call().responseBody().orElseThrow();
		assertThat(body.read()).isEqualTo(1);
		this.ticker.incrementAndGet();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(body::read).withMessageContaining("3000 ms");
	}

	private final class Delegate implements ExecutableHttpRequest {

		@Override
		public HttpExecuteResponse call() {
			LimitedRequestTests.this.beforeTheAnswer.run();
			InputStream body = new ByteArrayInputStream(new byte[] { 1, 2, 3 }) {

				@Override
				public void close() {
					LimitedRequestTests.this.closed.incrementAndGet();
				}

			};
			return HttpExecuteResponse.builder()
				.response(SdkHttpResponse.builder().statusCode(200).build())
				.responseBody(AbortableInputStream.create(body))
				.build();
		}

		@Override
		public void abort() {
			LimitedRequestTests.this.aborted.incrementAndGet();
		}

	}

}
