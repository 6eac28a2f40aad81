package dev.cloudmap.discovery.clients;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

/**
 * Records the observations of client requests.
 */
final class Observations implements ObservationHandler<Observation.Context> {

	private final Queue<Observation.Context> ended = new ConcurrentLinkedQueue<>();

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

	@Override
	public void onStop(Observation.Context context) {
		if ("http.client.requests".equals(context.getName())) {
			this.ended.add(context);
		}
	}

	/**
	 * Returns the values of a key in all observations that contain it.
	 */
	List<String> values(String key) {
		return this.ended.stream()
			.map((context) -> context.getHighCardinalityKeyValue(key))
			.filter((value) -> value != null)
			.map(KeyValue::getValue)
			.toList();
	}

}
