package dev.cloudmap.discovery.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of a stub instance: one answer to all requests. It can be closed and
 * opened again on the same port.
 */
final class StubServer implements AutoCloseable {

	private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();

	private final Object monitor = new Object();

	/** Guarded by the monitor. */
	private Answer answer;

	private InetSocketAddress address;

	private @Nullable Running running;

	private @Nullable PortReservation reservation;

	private boolean closed;

	/**
	 * Starts a server.
	 * @param address the address to listen on; port 0 for a free port
	 * @param answer the answer
	 * @throws UncheckedIOException if the address is not available
	 */
	StubServer(InetSocketAddress address, Answer answer) {
		this.address = address;
		this.answer = answer;
		open();
	}

	synchronized InetSocketAddress address() {
		return this.address;
	}

	List<ReceivedRequest> requests() {
		return List.copyOf(this.requests);
	}

	void clearRequests() {
		this.requests.clear();
	}

	/**
	 * Changes the answer, also for requests that hang.
	 */
	void answer(Answer newAnswer) {
		synchronized (this.monitor) {
			this.answer = newAnswer;
			this.monitor.notifyAll();
		}
	}

	Answer answer() {
		synchronized (this.monitor) {
			return this.answer;
		}
	}

	/**
	 * Listens on the port. Does nothing if it already listens.
	 * @throws IllegalStateException if it was closed for good
	 */
	synchronized void open() {
		if (this.closed) {
			throw new IllegalStateException(
					"The stub instance has ended with its test. Start another one with" + " service(...).instance().");
		}
		if (this.running != null) {
			return;
		}
		release();
		try {
			HttpServer server = HttpServer.create(this.address, 0);
			this.address = server.getAddress();
			ExecutorService threads = Executors.newCachedThreadPool((task) -> {
				Thread thread = new Thread(task, "stub-instance-" + this.address.getPort());
				thread.setDaemon(true);
				return thread;
			});
			server.setExecutor(threads);
			server.createContext("/", this::handle);
			server.start();
			this.running = new Running(server, threads);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("A stub instance cannot listen on %s: %s. Is it an address of this machine?"
				.formatted(this.address, ex.getMessage()), ex);
		}
	}

	/**
	 * Closes the port and all connections, and reserves the port for {@link #open()}.
	 */
	synchronized void refuse() {
		if (this.running != null) {
			stop(this.running);
			this.reservation = PortReservation.tcp(this.address);
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.running != null) {
			stop(this.running);
		}
		release();
	}

	private void stop(Running server) {
		server.threads().shutdownNow();
		server.server().stop(0);
		this.running = null;
	}

	private void release() {
		if (this.reservation != null) {
			this.reservation.close();
			this.reservation = null;
		}
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			this.requests.add(new ReceivedRequest(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(),
					exchange.getRequestURI().getRawQuery(), exchange.getRequestHeaders(), body));
			Answer due = await();
			exchange.getResponseHeaders().set("Content-Type", due.contentType());
			byte[] content = due.body().getBytes(StandardCharsets.UTF_8);
			boolean bodiless = content.length == 0 || exchange.getRequestMethod().equals("HEAD");
			exchange.sendResponseHeaders(due.status(), bodiless ? -1 : content.length);
			if (!bodiless) {
				exchange.getResponseBody().write(content);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Answer await() throws InterruptedException {
		Duration delay = answer().delay();
		if (!delay.isZero()) {
			Thread.sleep(delay.toMillis());
		}
		synchronized (this.monitor) {
			while (this.answer.hanging()) {
				this.monitor.wait();
			}
			return this.answer;
		}
	}

	/**
	 * An answer of the server.
	 *
	 * @param status the status code
	 * @param contentType the content type
	 * @param body the body; empty for none
	 * @param delay the time before it is sent
	 * @param hanging whether it is not sent at all
	 */
	record Answer(int status, String contentType, String body, Duration delay, boolean hanging) {

		private static final int MIN_STATUS = 200;

		private static final int MAX_STATUS = 599;

		Answer {
			if (status < MIN_STATUS || status > MAX_STATUS) {
				throw new IllegalArgumentException(
						"The status must be from %d to %d, but is %d.".formatted(MIN_STATUS, MAX_STATUS, status));
			}
			if (delay.isNegative()) {
				throw new IllegalArgumentException("The delay must not be negative, but is %s.".formatted(delay));
			}
		}

		Answer with(int newStatus, String newContentType, String newBody) {
			return new Answer(newStatus, newContentType, newBody, this.delay, this.hanging);
		}

		Answer after(Duration newDelay) {
			return new Answer(this.status, this.contentType, this.body, newDelay, this.hanging);
		}

		Answer hanging(boolean newHanging) {
			return new Answer(this.status, this.contentType, this.body, this.delay, newHanging);
		}

	}

	private record Running(HttpServer server, ExecutorService threads) {
	}

}
