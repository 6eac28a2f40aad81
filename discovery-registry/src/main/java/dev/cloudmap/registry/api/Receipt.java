package dev.cloudmap.registry.api;

import java.util.UUID;

/**
 * What every answer tells of its request.
 *
 * @param requestId the id that the request was given
 * @param revision the revision that look-ups saw when it came: whoever watches from there
 * on misses nothing that the answer does not tell
 */
record Receipt(String requestId, long revision) {

	static Receipt at(long revision) {
		return new Receipt(UUID.randomUUID().toString(), revision);
	}

}
