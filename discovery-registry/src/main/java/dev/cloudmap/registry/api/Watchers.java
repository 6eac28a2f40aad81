package dev.cloudmap.registry.api;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.http.ApiResponse;
import dev.cloudmap.registry.api.http.ResponseWriter;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * Those who watch namespaces: {@code GET /watch?namespace=<name>&since=<revision>} is an
 * event stream that tells which services of a namespace look-ups answer differently from
 * now on, health included. It is this registry's own; the real service has nothing like
 * it.
 * <p>
 * <b>Revisions.</b> An event's id is the revision of the change, as the registry counts:
 * one count for all namespaces, which only ever grows, even from one run of the registry
 * to the next. Events come in the order of their ids. A service that changed several
 * times before the watcher could be told is told once, with its latest revision.
 * <p>
 * <b>The beginning.</b> The header {@code X-Discovery-Revision} of the answer is the
 * revision after which the stream goes on. Without {@code since} that is now, and the
 * stream begins with a comment and that id. With {@code since}, or a header
 * {@code Last-Event-ID}, which counts more, it begins with what changed after that
 * revision. Where that can't be told, because the revision is older than what is
 * remembered, as all from before the registry's start are, or is greater than any so far,
 * it begins with an event {@code reset}: the watcher has to look up anew all that it
 * wants to know, and events go on from the id of that event. A client that opens the
 * stream and then looks up misses nothing. One that looks up first and then watches from
 * the revision in that answer may: the answer can be older than the revision beside it.
 * <p>
 * <b>The end.</b> When the namespace is deleted the watcher is told {@code reset} and the
 * stream ends. Until then it lives for as long as its connection, which serves nothing
 * else any more, and of which a client of HTTP/1.0 learns the end by its close.
 * <p>
 * <b>Cost.</b> The writer thread only records a change and wakes the event loops that
 * have watchers, at most once each at a time, however many changes there are meanwhile.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class Watchers {

	/** Where they ask. */
	static final String PATH = "/watch";

	/** When to come back after there were too many watchers, in seconds. */
	private static final int RETRY_AFTER = 5;

	private final RegistryMode mode;

	private final WatchLimits limits;

	private final DiscoveryChanges changes;

	private final AtomicInteger count = new AtomicInteger();

	private final Map<EventLoop, Group> groups = new ConcurrentHashMap<>();

	private Watchers(LookupView view, WatchLimits limits) {
		this.mode = view.mode();
		this.limits = limits;
		this.changes = DiscoveryChanges.of(view, limits.services(), this::wake);
	}

	/**
	 * Begins to follow what look-ups see.
	 * @param view what look-ups see
	 * @param limits what watchers may take
	 */
	static Watchers of(LookupView view, WatchLimits limits) {
		return new Watchers(view, limits);
	}

	/**
	 * Returns what they are told of.
	 */
	DiscoveryChanges changes() {
		return this.changes;
	}

	/**
	 * Returns how many there are.
	 */
	int count() {
		return this.count.get();
	}

	/**
	 * Returns whether there is something to watch at a path.
	 */
	boolean isAt(String path) {
		return this.mode == RegistryMode.EXTENDED && path.equals(PATH);
	}

	/**
	 * Makes a connection a stream of events. Called on the event loop of a connection
	 * that is active, by the handler that answers its requests and that the stream takes
	 * the place of.
	 * @param context the handler's
	 * @param request a request for {@link #PATH}
	 * @param writer makes the beginning of the answer
	 * @param requestId the request's id
	 * @return why the request is refused, or null when the stream has begun
	 */
	@Nullable ApiResponse open(ChannelHandlerContext context, FullHttpRequest request, ResponseWriter writer, String requestId) {
		if (!request.method().equals(HttpMethod.GET)) {
			return ApiResponse.methodNotAllowed(request.method(), "GET");
		}
		WatchRequest wanted;
		ChangeHistory history;
		try {
			wanted = WatchRequest.of(request);
			history = history(wanted.namespace());
		}
		catch (RegistryException ex) {
			return ApiResponse.of(ex, requestId);
		}
		if (this.count.getAndUpdate((open) -> Math.min(open + 1, this.limits.watchers())) >= this.limits.watchers()) {
			return ApiResponse.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "TooManyWatchers",
					"There are %d watchers already, which is the most this registry serves. Try again later; one watcher for all services of a namespace is enough for an application."
						.formatted(this.limits.watchers()))
				.with(HttpHeaderNames.RETRY_AFTER, Integer.toString(RETRY_AFTER));
		}
		begin(context, request, writer, requestId, wanted.since(), history);
		return null;
	}

	private ChangeHistory history(String namespace) {
		ChangeHistory history = this.changes.find(namespace);
		if (history == null) {
			throw RegistryException.noNamespaceNamed(namespace);
		}
		return history;
	}

	private void begin(ChannelHandlerContext context, FullHttpRequest request, ResponseWriter writer, String requestId,
			@Nullable Long since, ChangeHistory history) {
		long now = this.changes.revision();
		long told = (since != null && since <= now && history.knowsWhatFollows(since)) ? since : now;
		Channel channel = context.channel();
		WatchStream stream = new WatchStream(channel, history, told);
		Group group = this.groups.computeIfAbsent(channel.eventLoop(), Group::new);
		Future<?> comments = channel.eventLoop()
			.scheduleAtFixedRate(stream::comment, this.limits.comments().toNanos(), this.limits.comments().toNanos(),
					TimeUnit.NANOSECONDS);
		group.add(stream);
		channel.closeFuture().addListener((closed) -> {
			comments.cancel(false);
			group.remove(stream);
			this.count.decrementAndGet();
		});
		context.pipeline().replace(context.handler(), null, stream);
		stream.open(writer.stream(request.protocolVersion(), told, requestId), since);
		// From here on the client has nothing to say, so it is not listened to as one
		// that speaks HTTP; but it has to be read from, for its end to be noticed.
		context.pipeline().get(HttpServerCodec.class).removeInboundHandler();
		channel.config().setAutoRead(true);
	}

	private void wake() {
		this.groups.values().forEach(Group::wake);
	}

	/**
	 * The watchers whose connections one event loop serves.
	 */
	private static final class Group {

		private final EventLoop loop;

		private final AtomicBoolean awake = new AtomicBoolean();

		/** Belongs to the event loop. */
		private final Set<WatchStream> streams = new HashSet<>();

		private volatile boolean empty = true;

		private Group(EventLoop loop) {
			this.loop = loop;
		}

		private void add(WatchStream stream) {
			this.streams.add(stream);
			this.empty = false;
		}

		private void remove(WatchStream stream) {
			this.streams.remove(stream);
			this.empty = this.streams.isEmpty();
		}

		private void wake() {
			if (!this.empty && this.awake.compareAndSet(false, true)) {
				this.loop.execute(this::tell);
			}
		}

		private void tell() {
			// First of all: what changes from now on needs another round.
			this.awake.set(false);
			// A copy, for a connection that fails leaves while it is told.
			for (WatchStream stream : this.streams.toArray(WatchStream[]::new)) {
				stream.tell();
			}
		}

	}

}
