package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.cloudmap.registry.api.message.Json;

/**
 * Tells watchers that a service changed. Its bytes are made when the first watcher is
 * told, and shared by all of them.
 */
final class ServiceEvent {

	/** Nothing to a client but a sign of life. */
	static final byte[] COMMENT = bytes(":\n\n");

	private final String service;

	private final long revision;

	private byte[] bytes = {};

	/**
	 * Creates an event.
	 * @param service the service's name, as it was given to CreateService
	 * @param revision the revision of its latest change
	 */
	ServiceEvent(String service, long revision) {
		this.service = service;
		this.revision = revision;
	}

	String service() {
		return this.service;
	}

	long revision() {
		return this.revision;
	}

	synchronized byte[] bytes() {
		if (this.bytes.length == 0) {
			// JSON escapes the ends of lines, which would end the event's data.
			String data = new String(Json.write(Map.of("service", this.service)), StandardCharsets.UTF_8);
			this.bytes = bytes("id: %d\ndata: %s\n\n".formatted(this.revision, data));
		}
		return this.bytes;
	}

	/**
	 * Returns what a stream begins with. By the rules of event streams an id without data
	 * is no event, but what the client remembers for when it comes back.
	 * @param revision the revision whose changes come next
	 */
	static byte[] opening(long revision) {
		return bytes(": open\nid: %d\n\n".formatted(revision));
	}

	/**
	 * Returns the event that has a client ask anew about all that it wants to know. It
	 * has data because clients drop events that have none.
	 * @param revision the revision whose changes come next
	 */
	static byte[] reset(long revision) {
		return bytes("event: reset\nid: %d\ndata: {}\n\n".formatted(revision));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
