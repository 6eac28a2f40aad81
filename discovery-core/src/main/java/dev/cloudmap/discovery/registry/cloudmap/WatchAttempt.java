package dev.cloudmap.discovery.registry.cloudmap;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.cloudmap.EventStreamDecoder.Event;
import dev.cloudmap.discovery.thread.Futures;

/**
 * One request for a stream of changes, from its beginning to the stream's end, of which
 * its owner is told once or several times. Blocks nobody.
 */
final class WatchAttempt {

	private static final int OK = 200;

	private static final int NOT_FOUND = 404;

	/** How much of a refusal is read, in bytes. */
	private static final int MAX_REFUSAL = 4096;

	private final WatchClient client;

	private final Owner owner;

	private volatile Instant lastHeard;

	private volatile boolean opened;

	private volatile @Nullable String revision;

	private @Nullable CompletableFuture<?> response;

	private Flow.@Nullable Subscription body;

	private boolean cancelled;

	WatchAttempt(WatchClient client, Owner owner) {
		this.client = client;
		this.owner = owner;
		this.lastHeard = client.timer().now();
	}

	/**
	 * Begins it.
	 * @param request makes the request, and may block
	 */
	void start(Supplier<HttpRequest> request) {
		try {
			this.client.requests().execute(() -> send(request));
		}
		catch (RejectedExecutionException ex) {
			this.owner.ended(this, Setback.UNREACHABLE, "too much else is to be done");
		}
	}

	/**
	 * When the registry was last heard of, or asked.
	 */
	Instant lastHeard() {
		return this.lastHeard;
	}

	/**
	 * The registry was heard of.
	 */
	void heard() {
		this.lastHeard = this.client.timer().now();
	}

	/**
	 * Whether the registry has begun to tell.
	 */
	boolean isOpened() {
		return this.opened;
	}

	/**
	 * The revision that the registry's answer carried; null if it carried none or there
	 * is no answer.
	 */
	@Nullable String revision() {
		return this.revision;
	}

	/**
	 * Lets go of the connection at once.
	 */
	void cancel() {
		CompletableFuture<?> begun;
		Flow.Subscription stream;
		synchronized (this) {
			this.cancelled = true;
			begun = this.response;
			stream = this.body;
		}
		if (stream != null) {
			stream.cancel();
		}
		if (begun != null) {
			begun.cancel(true);
		}
	}

	private void send(Supplier<HttpRequest> request) {
		HttpRequest http;
		CompletableFuture<HttpResponse<Void>> sent;
		try {
			http = request.get();
			if (isCancelled()) {
				return;
			}
			sent = this.client.http().sendAsync(http, (info) -> receive(http, info));
		}
		catch (RuntimeException ex) {
			this.owner.ended(this, Setback.REFUSED, "it could not be asked: " + ex.getMessage());
			return;
		}
		boolean late;
		synchronized (this) {
			this.response = sent;
			late = this.cancelled;
		}
		if (late) {
			sent.cancel(true);
		}
		var unused = sent.whenComplete((response, failure) -> {
			if (failure != null) {
				this.owner.ended(this, Setback.UNREACHABLE, "it could not be reached"
						+ ProxyRoute.describe(ProxyRoute.ofJvm(http.uri())) + ": " + describe(failure));
			}
		});
	}

	private BodySubscriber<Void> receive(HttpRequest http, ResponseInfo info) {
		if (!this.owner.isGenuine(http, info.headers())) {
			this.owner.ended(this, Setback.UNREACHABLE, "what answers did not prove that it has the secret");
			cancel();
			return BodySubscribers.fromSubscriber(new EventStream());
		}
		return receive(info);
	}

	/** Reads an answer that is from the registry. */
	BodySubscriber<Void> receive(ResponseInfo info) {
		heard();
		this.revision = info.headers().firstValue(CloudMapCalls.REVISION_HEADER).orElse(null);
		boolean stream = info.headers()
			.firstValue("Content-Type")
			.filter((type) -> type.startsWith("text/event-stream"))
			.isPresent();
		if (info.statusCode() == OK && stream) {
			this.opened = true;
			this.owner.opened(this);
			return BodySubscribers.fromSubscriber(new EventStream());
		}
		return BodySubscribers.fromSubscriber(new Refusal(info.statusCode()));
	}

	private synchronized boolean isCancelled() {
		return this.cancelled;
	}

	private void subscribed(Flow.Subscription subscription) {
		boolean late;
		synchronized (this) {
			this.body = subscription;
			late = this.cancelled;
		}
		if (late) {
			subscription.cancel();
		}
		else {
			subscription.request(1);
		}
	}

	private static String describe(Throwable failure) {
		Throwable cause = Futures.cause(failure);
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

	/**
	 * Why there is no stream.
	 */
	enum Setback {

		/** The registry was not heard of, or not any more. */
		UNREACHABLE,

		/** There is no such namespace. */
		NO_NAMESPACE,

		/** The registry does not want to tell. */
		REFUSED

	}

	/**
	 * Whom an attempt tells. It may be told by any thread.
	 */
	interface Owner {

		/**
		 * Whether an answer comes from the registry that is asked.
		 * @param request the request
		 * @param answer the headers of the answer
		 */
		boolean isGenuine(HttpRequest request, HttpHeaders answer);

		/**
		 * The stream has begun.
		 */
		void opened(WatchAttempt attempt);

		/**
		 * An event has come.
		 */
		void received(WatchAttempt attempt, Event event);

		/**
		 * There is no stream, or no more.
		 * @param reason why, for people
		 */
		void ended(WatchAttempt attempt, Setback setback, String reason);

	}

	/**
	 * The events, as they come.
	 */
	private final class EventStream implements Flow.Subscriber<List<ByteBuffer>> {

		private final EventStreamDecoder decoder = new EventStreamDecoder(
				(event) -> WatchAttempt.this.owner.received(WatchAttempt.this, event));

		private Flow.@Nullable Subscription subscription;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
			subscribed(subscription);
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
			heard();
			try {
				buffers.forEach(this.decoder::accept);
			}
			catch (IllegalArgumentException ex) {
				WatchAttempt.this.owner.ended(WatchAttempt.this, Setback.REFUSED, "it sent " + ex.getMessage());
				cancel();
				return;
			}
			if (this.subscription != null) {
				this.subscription.request(1);
			}
		}

		@Override
		public void onError(Throwable failure) {
			WatchAttempt.this.owner.ended(WatchAttempt.this, Setback.UNREACHABLE,
					"the connection broke off: " + describe(failure));
		}

		@Override
		public void onComplete() {
			WatchAttempt.this.owner.ended(WatchAttempt.this, Setback.UNREACHABLE, "it ended the stream");
		}

	}

	/**
	 * An answer that is no stream. No more of it is read than tells why.
	 */
	private final class Refusal implements Flow.Subscriber<List<ByteBuffer>> {

		private final int status;

		private final ByteArrayOutputStream content = new ByteArrayOutputStream();

		private Flow.@Nullable Subscription subscription;

		private Refusal(int status) {
			this.status = status;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
			subscribed(subscription);
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
			for (ByteBuffer buffer : buffers) {
				byte[] bytes = new byte[Math.min(buffer.remaining(), MAX_REFUSAL - this.content.size())];
				buffer.get(bytes);
				this.content.writeBytes(bytes);
			}
			if (this.content.size() == MAX_REFUSAL) {
				end();
				cancel();
			}
			else if (this.subscription != null) {
				this.subscription.request(1);
			}
		}

		@Override
		public void onError(Throwable failure) {
			end();
		}

		@Override
		public void onComplete() {
			end();
		}

		private void end() {
			Map<String, Object> error = JsonObjects.parse(this.content.toString(StandardCharsets.UTF_8));
			boolean noNamespace = this.status == NOT_FOUND
					|| String.valueOf(error.get("__type")).endsWith("NamespaceNotFound");
			Object message = error.containsKey("message") ? error.get("message") : error.get("Message");
			WatchAttempt.this.owner.ended(WatchAttempt.this, noNamespace ? Setback.NO_NAMESPACE : Setback.REFUSED,
					"it answered with status " + this.status
							+ ((message != null) ? ": " + message.toString().lines().findFirst().orElse("") : ""));
		}

	}

}
