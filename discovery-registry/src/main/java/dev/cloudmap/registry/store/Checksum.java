package dev.cloudmap.registry.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * The sum of the digests of all entries of all maps, independent of their order. MVStore
 * does not detect damaged or missing pages.
 */
final class Checksum {

	/** The map with the checksum of all other maps. */
	static final String MAP = "checksum";

	static final String KEY = "sum";

	private Checksum() {
	}

	static long of(String map, String key, String value) {
		MessageDigest digest = digest();
		for (String part : new String[] { map, key, value }) {
			byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
			digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
			digest.update(bytes);
		}
		return ByteBuffer.wrap(digest.digest()).getLong();
	}

	static long of(MVStore store) {
		long sum = 0;
		for (String name : store.getMapNames()) {
			if (!name.equals(MAP)) {
				MVMap<String, String> map = store.openMap(name);
				for (Map.Entry<String, String> entry : map.entrySet()) {
					sum += of(name, entry.getKey(), entry.getValue());
				}
			}
		}
		return sum;
	}

	private static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256.", ex);
		}
	}

}
