package dev.cloudmap.discovery.catalog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.signal.ChangeSignal;

/**
 * A signal that tells what a test wants it to.
 */
final class ScriptedSignal implements ChangeSignal {

	final Map<ServiceName, Listener> subscribers = new ConcurrentHashMap<>();

	volatile Coverage coverage = Coverage.NONE;

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		this.subscribers.put(service, listener);
		return new Subscription() {

			@Override
			public Coverage coverage() {
				return ScriptedSignal.this.coverage;
			}

			@Override
			public void close() {
				ScriptedSignal.this.subscribers.remove(service);
			}

		};
	}

	void change() {
		this.subscribers.values().forEach(Listener::changed);
	}

}
