package dev.cloudmap.discovery.registry.cloudmap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Makes events of the bytes of an event stream (WHATWG HTML, "Server-sent events"),
 * however these are cut into pieces. Fields other than {@code id}, {@code event} and
 * {@code data} are passed over, as are comments.
 */
final class EventStreamDecoder {

	/**
	 * The longest line, in bytes, and the most data of an event, in characters. What the
	 * registry sends is a few hundred.
	 */
	static final int MAX_LENGTH = 8192;

	private static final char BYTE_ORDER_MARK = '\uFEFF';

	private final Consumer<Event> events;

	private final byte[] line = new byte[MAX_LENGTH];

	private int length;

	private boolean afterCarriageReturn;

	private boolean first = true;

	private String id = "";

	private String type = "";

	private final StringBuilder data = new StringBuilder();

	/**
	 * Creates a decoder at the beginning of a stream.
	 * @param events is given each event as it ends
	 */
	EventStreamDecoder(Consumer<Event> events) {
		this.events = events;
	}

	/**
	 * Takes the next bytes.
	 * @throws IllegalArgumentException if a line or an event is longer than
	 * {@link #MAX_LENGTH}; the stream can't be gone on with
	 */
	void accept(ByteBuffer bytes) {
		while (bytes.hasRemaining()) {
			byte next = bytes.get();
			boolean endOfBoth = next == '\n' && this.afterCarriageReturn;
			this.afterCarriageReturn = next == '\r';
			if (endOfBoth) {
				continue;
			}
			if (next == '\n' || next == '\r') {
				endLine();
			}
			else {
				append(next);
			}
		}
	}

	private void append(byte next) {
		if (this.length == MAX_LENGTH) {
			throw tooLong("a line");
		}
		this.line[this.length++] = next;
	}

	private void endLine() {
		String text = new String(this.line, 0, this.length, StandardCharsets.UTF_8);
		this.length = 0;
		if (this.first && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
			text = text.substring(1);
		}
		this.first = false;
		if (text.isEmpty()) {
			endEvent();
			return;
		}
		int colon = text.indexOf(':');
		String field = (colon >= 0) ? text.substring(0, colon) : text;
		String value = (colon >= 0) ? text.substring(colon + 1) : "";
		take(field, value.startsWith(" ") ? value.substring(1) : value);
	}

	/** A comment is a line whose field has no name. */
	private void take(String field, String value) {
		switch (field) {
			case "id" -> this.id = (value.indexOf('\0') < 0) ? value : this.id;
			case "event" -> this.type = value;
			case "data" -> {
				if (this.data.length() + value.length() > MAX_LENGTH) {
					throw tooLong("an event");
				}
				this.data.append(value).append('\n');
			}
			default -> {
			}
		}
	}

	private void endEvent() {
		String text = this.data.isEmpty() ? null : this.data.substring(0, this.data.length() - 1);
		Event event = new Event(this.id, this.type, text);
		this.type = "";
		this.data.setLength(0);
		this.events.accept(event);
	}

	private static IllegalArgumentException tooLong(String what) {
		return new IllegalArgumentException("%s of more than %d bytes".formatted(what, MAX_LENGTH));
	}

	/**
	 * What stands between two blank lines.
	 *
	 * @param id the last id so far; empty if there was none
	 * @param type the event's type; empty if it has none
	 * @param data the event's data; null if it has none, and then only the id counts
	 */
	record Event(String id, String type, @Nullable String data) {
	}

}
