package dev.cloudmap.discovery.registry.cloudmap;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

import org.springframework.boot.json.BasicJsonParser;
import org.springframework.boot.json.JsonParseException;

import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.cloudmap.EventStreamDecoder.Event;
import dev.cloudmap.discovery.registry.cloudmap.WatchAttempt.Setback;
import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.fuzz.StoppedTimer;

/**
 * Any bytes as the answer to a request for a stream of changes. An input is a byte that
 * tells the kind of the answer, a byte that tells into pieces of how many bytes it is
 * cut, and the body. A stream has to be read the same in pieces, in one, and as a plain
 * implementation of the standard reads it.
 */
public final class WatchFuzz {

	private static final int[] STATUSES = { 200, 200, 200, 404, 400, 503 };

	private static final int BROKEN_OFF = 0x80;

	private static final WatchClient CLIENT = new WatchClient(new StoppedTimer(), Runnable::run, Runnable::run);

	private WatchFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) {
		Input input = new Input(bytes);
		int kind = input.next();
		int piece = Math.max(1, input.next());
		byte[] body = input.rest();
		int status = STATUSES[(kind & 0x7F) % STATUSES.length];
		boolean brokenOff = (kind & BROKEN_OFF) != 0;
		Told whole = answer(status, body, Math.max(1, body.length), brokenOff);
		Told cut = answer(status, body, piece, brokenOff);
		Check.that(whole.equals(cut), "It is read otherwise in pieces:", whole, cut);
		if (status == 200) {
			checkStream(whole, body);
		}
		else {
			Check.that(whole.opened == 0 && whole.events.isEmpty() && !whole.ended.isEmpty(),
					"A refusal opens a stream, or does not end:", whole);
		}
		whole.events.forEach(WatchFuzz::checkData);
		LoggedErrors.rethrow();
	}

	private static void checkStream(Told told, byte[] body) {
		Check.that(told.opened == 1, "A stream is opened so often:", told.opened);
		List<Event> expected = PlainDecoder.decode(new String(body, StandardCharsets.UTF_8));
		boolean refused = told.ended.stream().anyMatch((end) -> end.startsWith(Setback.REFUSED.name()));
		if (refused) {
			Check.that(told.events.equals(expected.subList(0, told.events.size())), "The events differ:", told.events,
					expected);
			Check.that(body.length > EventStreamDecoder.MAX_LENGTH, "A short stream is refused");
		}
		else {
			Check.that(told.events.equals(expected), "The events differ:", told.events, expected);
		}
	}

	/**
	 * Reads an event's data with either parser that an application may have.
	 */
	private static void checkData(Event event) {
		if (event.data() != null) {
			JsonObjects.parse(event.data());
			try {
				new BasicJsonParser().parseMap(event.data());
			}
			catch (JsonParseException ex) {
				// as JsonObjects expects
			}
		}
	}

	private static Told answer(int status, byte[] body, int piece, boolean brokenOff) {
		Told told = new Told();
		BodySubscriber<Void> subscriber = new WatchAttempt(CLIENT, told).receive(new Answered(status));
		Subscription subscription = new Subscription();
		subscriber.onSubscribe(subscription);
		for (int begin = 0; begin < body.length && !subscription.cancelled; begin += piece) {
			Check.that(subscription.requested > 0, "No more is asked for");
			subscription.requested--;
			subscriber.onNext(List.of(ByteBuffer.wrap(body, begin, Math.min(piece, body.length - begin))));
		}
		if (!subscription.cancelled) {
			if (brokenOff) {
				subscriber.onError(new java.io.IOException("broken off"));
			}
			else {
				subscriber.onComplete();
			}
		}
		return told;
	}

	/**
	 * What an attempt has told.
	 */
	private static final class Told implements WatchAttempt.Owner {

		@Override
		public boolean isGenuine(HttpRequest request, HttpHeaders answer) {
			return true;
		}

		private int opened;

		private final List<Event> events = new ArrayList<>();

		private final List<String> ended = new ArrayList<>();

		@Override
		public void opened(WatchAttempt attempt) {
			this.opened++;
		}

		@Override
		public void received(WatchAttempt attempt, Event event) {
			Check.that(this.ended.isEmpty(), "An event comes after the end");
			this.events.add(event);
		}

		@Override
		public void ended(WatchAttempt attempt, Setback setback, String reason) {
			this.ended.add(setback + ": " + reason);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Told that && this.opened == that.opened && this.events.equals(that.events)
					&& this.ended.equals(that.ended);
		}

		@Override
		public int hashCode() {
			return this.events.hashCode();
		}

		@Override
		public String toString() {
			return this.events + " " + this.ended;
		}

	}

	private static final class Subscription implements Flow.Subscription {

		private long requested;

		private boolean cancelled;

		@Override
		public void request(long count) {
			this.requested += count;
		}

		@Override
		public void cancel() {
			this.cancelled = true;
		}

	}

	private record Answered(int statusCode) implements ResponseInfo {

		private static final HttpHeaders HEADERS = HttpHeaders.of(
				Map.of("Content-Type", List.of("text/event-stream"), CloudMapCalls.REVISION_HEADER, List.of("7")),
				(name, value) -> true);

		@Override
		public HttpHeaders headers() {
			return HEADERS;
		}

		@Override
		public HttpClient.Version version() {
			return HttpClient.Version.HTTP_1_1;
		}

	}

	/**
	 * Reads an event stream as the standard says it (WHATWG HTML, "Interpreting an event
	 * stream"), but for events without data, which it passes on.
	 */
	private static final class PlainDecoder {

		private PlainDecoder() {
		}

		static List<Event> decode(String text) {
			String stream = text.startsWith("\uFEFF") ? text.substring(1) : text;
			List<Event> events = new ArrayList<>();
			String id = "";
			String type = "";
			StringBuilder data = new StringBuilder();
			String[] lines = stream.split("\r\n|\n|\r", -1);
			// What is behind the last line's end is no line.
			for (int i = 0; i < lines.length - 1; i++) {
				String line = lines[i];
				if (line.isEmpty()) {
					events.add(new Event(id, type, data.isEmpty() ? null : data.substring(0, data.length() - 1)));
					type = "";
					data.setLength(0);
					continue;
				}
				int colon = line.indexOf(':');
				String field = (colon < 0) ? line : line.substring(0, colon);
				String value = (colon < 0) ? "" : line.substring(colon + 1);
				value = value.startsWith(" ") ? value.substring(1) : value;
				switch (field) {
					case "id" -> id = (value.indexOf('\0') < 0) ? value : id;
					case "event" -> type = value;
					case "data" -> data.append(value).append('\n');
					default -> {
					}
				}
			}
			return events;
		}

	}

}
