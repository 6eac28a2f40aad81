package dev.cloudmap.discovery.registry.cloudmap;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.cloudmap.EventStreamDecoder.Event;
import dev.cloudmap.discovery.registry.cloudmap.WatchAttempt.Setback;
import dev.cloudmap.discovery.thread.Backoff;

/**
 * The watching of one namespace: one stream after the other, each from where the one
 * before it ended (docs/registry.md, "Watching"). Between two streams it waits; an answer
 * to another call, which shows that the registry is there, ends the waiting.
 */
final class NamespaceWatch implements Watch, WatchAttempt.Owner {

	/**
	 * The registry sends a comment every 15 seconds: three that are missing are enough.
	 */
	static final Duration SILENCE = Duration.ofSeconds(45);

	/** How long the registry has to answer at all. */
	static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * When to ask again for a namespace that does not exist, which costs hardly anything.
	 */
	static final Duration NAMESPACE_RETRY = Duration.ofSeconds(2);

	/** A stream that held for so long was no failure: the next try comes soon. */
	static final Duration STEADY = Duration.ofSeconds(15);

	/** How long other answers are no reason to try again after a stream has broken. */
	static final Duration REST = Duration.ofSeconds(1);

	private static final String RESET = "reset";

	private static final Pattern ID = Pattern.compile("\\d{1,18}");

	private static final Logger logger = LoggerFactory.getLogger(NamespaceWatch.class);

	private final WatchRequest request;

	private final Namespace namespace;

	private final WatchListener listener;

	private final WatchClient client;

	private final Consumer<NamespaceWatch> onClose;

	/** Held while the listener is told, so that it is told one thing after the other. */
	private final Object telling = new Object();

	private @Nullable WatchAttempt attempt;

	private @Nullable WatchAttempt failed;

	private Setback setback = Setback.UNREACHABLE;

	private Instant since;

	private Backoff backoff = Backoff.first();

	private @Nullable String lastId;

	private boolean complained;

	private boolean closed;

	private volatile boolean live;

	/**
	 * Creates a watch, which begins with {@link #begin()}.
	 */
	NamespaceWatch(WatchRequest request, Namespace namespace, WatchListener listener, WatchClient client,
			Consumer<NamespaceWatch> onClose) {
		this.request = request;
		this.namespace = namespace;
		this.listener = listener;
		this.client = client;
		this.onClose = onClose;
		this.since = client.timer().now();
	}

	/**
	 * Asks for a stream, unless there is one or one was asked for.
	 */
	void begin() {
		WatchAttempt next;
		String from;
		synchronized (this) {
			if (this.closed || this.attempt != null) {
				return;
			}
			next = new WatchAttempt(this.client, this);
			from = this.lastId;
			this.attempt = next;
		}
		this.client.timer().schedule(() -> checkSilence(next), ANSWER_TIMEOUT);
		next.start(() -> this.request.toHttp(this.namespace, from));
	}

	/**
	 * The registry has answered another call.
	 * @param revision the revision that it told with it
	 */
	void answered(long revision) {
		if (isWorthAnotherTry(revision)) {
			begin();
		}
	}

	private synchronized boolean isWorthAnotherTry(long revision) {
		WatchAttempt last = this.failed;
		if (this.attempt != null || last == null) {
			return this.attempt == null;
		}
		return switch (this.setback) {
			case UNREACHABLE -> elapsed(this.since).compareTo(REST) >= 0;
			case NO_NAMESPACE -> !Long.toString(revision).equals(last.revision());
			case REFUSED -> false;
		};
	}

	/**
	 * Whether it waits between two streams.
	 */
	synchronized boolean isWaiting() {
		return !this.closed && this.attempt == null && this.failed != null;
	}

	@Override
	public boolean isLive() {
		return this.live;
	}

	@Override
	public void close() {
		WatchAttempt last;
		synchronized (this) {
			this.closed = true;
			this.live = false;
			last = this.attempt;
			this.attempt = null;
		}
		if (last != null) {
			last.cancel();
		}
		this.onClose.accept(this);
	}

	@Override
	public boolean isGenuine(HttpRequest request, HttpHeaders answer) {
		return this.request.isGenuine(request, answer);
	}

	@Override
	public void opened(WatchAttempt source) {
		synchronized (this.telling) {
			boolean first;
			synchronized (this) {
				if (this.attempt != source) {
					return;
				}
				first = this.lastId == null;
				if (first) {
					// to one that names none before, all before this is told already
					remember(source.revision());
				}
				this.since = this.client.timer().now();
				this.live = true;
				this.complained = false;
			}
			logger.info("Changes in namespace {} are told by the registry at {}", this.namespace,
					this.request.endpoint());
			tell(this.listener::onOpen);
			if (first) {
				tell(this.listener::onReset);
			}
		}
	}

	@Override
	public void received(WatchAttempt source, Event event) {
		synchronized (this.telling) {
			if (!isCurrent(source)) {
				return;
			}
			String data = event.data();
			if (data != null) {
				tell(event.type(), data);
			}
			synchronized (this) {
				remember(event.id());
			}
		}
	}

	private void tell(String type, String data) {
		String service = type.isEmpty() ? service(data) : null;
		if (service != null) {
			tell(() -> this.listener.onChange(service));
		}
		else if (type.isEmpty() || type.equals(RESET)) {
			tell(this.listener::onReset);
		}
	}

	/** Null if the data tells none: then it may be any. */
	private static @Nullable String service(String data) {
		return (JsonObjects.parse(data).get("service") instanceof String name) ? name : null;
	}

	@Override
	public void ended(WatchAttempt source, Setback why, String reason) {
		synchronized (this.telling) {
			boolean wasLive;
			boolean complain;
			synchronized (this) {
				if (this.attempt != source) {
					return;
				}
				wasLive = this.live;
				Duration delay = delay(why, wasLive);
				// the name may be made up
				complain = !this.complained
						&& (why != Setback.NO_NAMESPACE || this.client.logLimit().allows(this.namespace));
				this.complained = true;
				this.attempt = null;
				this.live = false;
				this.failed = source;
				this.setback = why;
				this.since = this.client.timer().now();
				this.client.timer().schedule(() -> retry(source), delay);
			}
			if (complain) {
				logger.info("Changes in namespace {} are not told by the registry at {}, which is asked again: {}",
						this.namespace, this.request.endpoint(), reason);
			}
			if (wasLive) {
				tell(this.listener::onLost);
			}
		}
	}

	private Duration delay(Setback why, boolean wasLive) {
		if (why == Setback.NO_NAMESPACE) {
			this.backoff = Backoff.first();
			return Backoff.jittered(NAMESPACE_RETRY);
		}
		if (wasLive && elapsed(this.since).compareTo(STEADY) >= 0) {
			this.backoff = Backoff.first();
		}
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		return delay;
	}

	private void retry(WatchAttempt after) {
		synchronized (this) {
			if (this.failed != after) {
				return;
			}
		}
		begin();
	}

	/**
	 * Gives an attempt up that was not heard of for too long, or looks again when it may
	 * be.
	 */
	private void checkSilence(WatchAttempt source) {
		if (!isCurrent(source)) {
			return;
		}
		Duration limit = source.isOpened() ? SILENCE : ANSWER_TIMEOUT;
		if (elapsed(source.lastHeard()).isNegative()) {
			// the clock was set back
			source.heard();
		}
		Duration left = limit.minus(elapsed(source.lastHeard()));
		if (left.compareTo(Duration.ZERO) > 0) {
			this.client.timer().schedule(() -> checkSilence(source), left);
			return;
		}
		ended(source, Setback.UNREACHABLE, "nothing was heard of it for " + limit.toSeconds() + " s");
		source.cancel();
	}

	private synchronized boolean isCurrent(WatchAttempt source) {
		return this.attempt == source;
	}

	private void remember(@Nullable String id) {
		if (id != null && ID.matcher(id).matches()) {
			this.lastId = id;
		}
	}

	private Duration elapsed(Instant from) {
		return Duration.between(from, this.client.timer().now());
	}

	private static void tell(Runnable what) {
		try {
			what.run();
		}
		catch (RuntimeException ex) {
			logger.error("Someone failed who was told of a change", ex);
		}
	}

}
