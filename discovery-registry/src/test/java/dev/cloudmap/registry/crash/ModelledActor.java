package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An actor whose resources have a key and an optional state. It records the last
 * acknowledged state and the state after the pending write. After a crash, each resource
 * must have one of the two.
 *
 * @param <V> the state of a resource
 */
abstract class ModelledActor<V> implements Actor {

	private final Map<String, V> acknowledged = new TreeMap<>();

	private Write<V> inFlight;

	/**
	 * Chooses the next write.
	 */
	abstract Write<V> next(Random random);

	/**
	 * Reads all resources with every operation that returns them.
	 * @param keys the keys that may exist
	 */
	abstract Map<String, V> read(ServiceDiscoveryClient client, Collection<String> keys);

	V acknowledged(String key) {
		return this.acknowledged.get(key);
	}

	@Override
	public void write(ServiceDiscoveryClient client, Random random) {
		Write<V> write = next(random);
		this.inFlight = write;
		write.request().send(client);
		acknowledge(write.after());
	}

	private void acknowledge(V state) {
		if (state != null) {
			this.acknowledged.put(this.inFlight.key(), state);
		}
		else {
			this.acknowledged.remove(this.inFlight.key());
		}
		this.inFlight = null;
	}

	@Override
	public void verify(ServiceDiscoveryClient client) {
		Set<String> keys = new HashSet<>(this.acknowledged.keySet());
		if (this.inFlight != null) {
			keys.add(this.inFlight.key());
		}
		Map<String, V> found = read(client, keys);
		if (this.inFlight != null) {
			String key = this.inFlight.key();
			V state = found.get(key);
			if (Objects.equals(state, this.inFlight.after())) {
				acknowledge(state);
			}
			else {
				assertThat(state).as("'%s' after a write to %s was not acknowledged", key, this.inFlight.after())
					.isEqualTo(this.acknowledged.get(key));
				this.inFlight = null;
			}
		}
		assertThat(found).isEqualTo(this.acknowledged);
	}

	/**
	 * One write.
	 *
	 * @param key the key of the changed resource
	 * @param after the state afterwards, or null if the resource is deleted
	 * @param request sends the request
	 */
	record Write<V>(String key, V after, Request request) {

	}

	/**
	 * Sends a request to the registry.
	 */
	@FunctionalInterface
	interface Request {

		void send(ServiceDiscoveryClient client);

	}

}
