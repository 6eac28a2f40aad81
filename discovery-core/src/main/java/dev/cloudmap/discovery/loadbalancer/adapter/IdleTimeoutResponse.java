package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.thread.Timer;

/**
 * A response with an idle timeout: a read of its body that waits for too long is
 * interrupted. The body of the JDK's client is also closed, since it ignores interrupts
 * before Java 20 (JDK-8294047). Other clients whose reads cannot be interrupted have a
 * read timeout of their own.
 */
final class IdleTimeoutResponse implements ClientHttpResponse {

	private static final Logger logger = LoggerFactory.getLogger(IdleTimeoutResponse.class);

	private final ClientHttpResponse response;

	private final Call call;

	private final Duration idle;

	private final Timer timer;

	private @Nullable InputStream body;

	private volatile boolean closedByTimeout;

	IdleTimeoutResponse(ClientHttpResponse response, Call call, Duration idle, Timer timer) {
		this.response = response;
		this.call = call;
		this.idle = idle;
		this.timer = timer;
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

	@Override
	public InputStream getBody() throws IOException {
		InputStream known = this.body;
		if (known == null) {
			known = new Body(this.response.getBody());
			this.body = known;
		}
		return known;
	}

	/**
	 * Closes the response. Clients may read the rest of the body first, so that the
	 * connection can be reused.
	 */
	@Override
	public void close() {
		try {
			within(() -> {
				this.response.close();
				return true;
			}, () -> {
			});
		}
		catch (IOException ex) {
			logger.debug("The response to {} is closed with its connection: {}", this.call, ex.toString());
		}
		catch (RuntimeException ex) {
			// the JDK's decompression fails if it is closed while it is read
			if (!this.closedByTimeout) {
				throw ex;
			}
		}
	}

	private <T> T within(ThreadDeadline.Task<T, IOException> task, Runnable expired) throws IOException {
		return ThreadDeadline.run(this.timer, this.idle, this.call::idleMessage, expired, task);
	}

	/** Other clients' bodies may block when they are closed during a read. */
	private boolean isOfJdkClient(InputStream body) {
		return "java.net.http".equals(body.getClass().getModule().getName())
				|| "JdkClientHttpResponse".equals(this.response.getClass().getSimpleName());
	}

	private final class Body extends FilterInputStream {

		Body(InputStream body) {
			super(body);
		}

		@Override
		public int read() throws IOException {
			return within(super::read, this::expire);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return within(() -> super.read(bytes, offset, length), this::expire);
		}

		@Override
		public long skip(long count) throws IOException {
			return within(() -> super.skip(count), this::expire);
		}

		private void expire() {
			if (isOfJdkClient(this.in)) {
				IdleTimeoutResponse.this.closedByTimeout = true;
				try {
					this.in.close();
				}
				catch (IOException ex) {
					logger.debug("The body of the response to {} can't be closed: {}", IdleTimeoutResponse.this.call,
							ex.toString());
				}
			}
		}

	}

}
