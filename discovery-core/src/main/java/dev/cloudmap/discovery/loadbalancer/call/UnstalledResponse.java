package dev.cloudmap.discovery.loadbalancer.call;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.zip.InflaterInputStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StreamUtils;

import dev.cloudmap.discovery.thread.Timer;

/**
 * A response whose body may not stall: when nothing more of it comes for too long, it is
 * closed under whoever waits for it.
 */
final class UnstalledResponse implements ClientHttpResponse {

	private static final Logger logger = LoggerFactory.getLogger(UnstalledResponse.class);

	private final ClientHttpResponse response;

	private final Call call;

	private final Duration idle;

	private final Timer timer;

	private final LongSupplier ticker;

	private @Nullable InputStream body;

	UnstalledResponse(ClientHttpResponse response, Call call, Duration idle, Timer timer, LongSupplier ticker) {
		this.response = response;
		this.call = call;
		this.idle = idle;
		this.timer = timer;
		this.ticker = ticker;
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
			InputStream read = this.response.getBody();
			known = closesAtOnce(read) ? new Body(read) : read;
			this.body = known;
		}
		return known;
	}

	/**
	 * Whether closing it wakes whoever reads it. Of other clients' streams it may wait
	 * for the reader instead; their own time-outs of reading hold.
	 */
	private boolean closesAtOnce(InputStream body) {
		return body.getClass().getName().startsWith("jdk.internal.net.http.")
				|| (isOfJdkClient() && (body instanceof InflaterInputStream || body instanceof PushbackInputStream));
	}

	/** Whose compressed bodies are the JDK's own streams around the client's. */
	private boolean isOfJdkClient() {
		return this.response.getClass().getName().equals("org.springframework.http.client.JdkClientHttpResponse");
	}

	/**
	 * Reads the rest, so that the connection can be used again, and closes the response.
	 */
	@Override
	public void close() {
		try {
			InputStream read = getBody();
			if (read instanceof Body watched) {
				watched.drain();
			}
		}
		catch (IOException ex) {
			logger.debug("The rest of the response to {} can't be read: {}", this.call, ex.toString());
		}
		try {
			this.response.close();
		}
		catch (RuntimeException ex) {
			// another thread may be closing a stalled compressed body, which the JDK's
			// stream fails on while it is read
			if (!(this.body instanceof Body watched) || !watched.isStalled()) {
				throw ex;
			}
			logger.debug("The stalled response to {} is closed already: {}", this.call, ex.toString());
		}
	}

	/**
	 * Watched while somebody reads it, by one task that looks again when it may be due:
	 * nothing is scheduled for each read.
	 */
	private final class Body extends FilterInputStream {

		private final Object lock = new Object();

		/** When the read that waits began; null if none does. */
		private @Nullable Long waitingSince;

		private boolean stalled;

		private boolean done;

		private boolean closed;

		private Timer.@Nullable Scheduled watch;

		Body(InputStream body) {
			super(body);
		}

		@Override
		public int read() throws IOException {
			return read(super::read);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return read(() -> super.read(bytes, offset, length));
		}

		@Override
		public long skip(long count) throws IOException {
			return watched(() -> super.skip(count));
		}

		private int read(Read read) throws IOException {
			int result = (int) watched(read);
			if (result < 0) {
				stopWatching();
			}
			return result;
		}

		private long watched(Read read) throws IOException {
			begin();
			long result;
			try {
				result = read.run();
			}
			catch (IOException | RuntimeException ex) {
				end(ex);
				throw ex;
			}
			end(null);
			return result;
		}

		boolean isStalled() {
			synchronized (this.lock) {
				return this.stalled;
			}
		}

		/**
		 * Reads the rest, unless it has been read or closed.
		 */
		void drain() throws IOException {
			if (!this.closed) {
				StreamUtils.drain(this);
				close();
			}
		}

		@Override
		public void close() throws IOException {
			this.closed = true;
			stopWatching();
			super.close();
		}

		private void begin() {
			synchronized (this.lock) {
				this.waitingSince = UnstalledResponse.this.ticker.getAsLong();
				if (this.watch == null && !this.done) {
					this.watch = schedule(UnstalledResponse.this.idle);
				}
			}
		}

		private void end(@Nullable Exception failure) throws IOException {
			synchronized (this.lock) {
				this.waitingSince = null;
				if (this.stalled) {
					HttpTimeoutException late = new HttpTimeoutException(UnstalledResponse.this.call.stalledMessage());
					late.initCause(failure);
					throw late;
				}
			}
		}

		private Timer.Scheduled schedule(Duration delay) {
			return UnstalledResponse.this.timer.schedule(this::look, delay);
		}

		private void look() {
			synchronized (this.lock) {
				if (this.done) {
					return;
				}
				this.watch = null;
				if (this.waitingSince == null) {
					// whoever reads on is watched again
					return;
				}
				Duration waited = Duration.ofNanos(UnstalledResponse.this.ticker.getAsLong() - this.waitingSince);
				if (waited.compareTo(UnstalledResponse.this.idle) < 0) {
					this.watch = schedule(UnstalledResponse.this.idle.minus(waited));
					return;
				}
				this.stalled = true;
				this.done = true;
			}
			try {
				this.in.close();
			}
			catch (IOException ex) {
				logger.debug("The stalled response to {} can't be closed: {}", UnstalledResponse.this.call,
						ex.toString());
			}
		}

		private void stopWatching() {
			synchronized (this.lock) {
				this.done = true;
				if (this.watch != null) {
					this.watch.cancel();
				}
			}
		}

	}

	/** One of the ways to read. */
	private interface Read {

		long run() throws IOException;

	}

}
