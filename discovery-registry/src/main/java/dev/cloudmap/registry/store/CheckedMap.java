package dev.cloudmap.registry.store;

import java.util.Collection;
import java.util.function.LongConsumer;

import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * A map of the store that updates the checksum of the store with every change.
 */
final class CheckedMap {

	private final MVMap<String, String> map;

	private final LongConsumer sum;

	CheckedMap(MVMap<String, String> map, LongConsumer sum) {
		this.map = map;
		this.sum = sum;
	}

	@Nullable String get(String key) {
		return this.map.get(key);
	}

	Collection<String> values() {
		return this.map.values();
	}

	void put(String key, String value) {
		count(key, this.map.put(key, value), value);
	}

	void remove(String key) {
		count(key, this.map.remove(key), null);
	}

	private void count(String key, @Nullable String before, @Nullable String after) {
		long change = 0;
		if (before != null) {
			change -= Checksum.of(this.map.getName(), key, before);
		}
		if (after != null) {
			change += Checksum.of(this.map.getName(), key, after);
		}
		this.sum.accept(change);
	}

}
