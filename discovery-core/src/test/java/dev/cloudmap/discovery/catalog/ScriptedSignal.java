package dev.cloudmap.discovery.catalog;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal;

/**
 * A signal with scripted changes and coverage.
 */
public class ScriptedSignal implements ChangeSignal {

	final Map<ServiceName, Listener> subscribers = new ConcurrentHashMap<>();

	final Set<NamespaceListener> listeners = ConcurrentHashMap.newKeySet();

	/** Null fails. */
	volatile @Nullable Coverage coverage = Coverage.NONE;

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		this.subscribers.put(service, listener);
		return new Subscription() {

			@Override
			public Coverage coverage() {
				return Objects.requireNonNull(ScriptedSignal.this.coverage);
			}

			@Override
			public void close() {
				ScriptedSignal.this.subscribers.remove(service);
			}

		};
	}

	@Override
	public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		this.listeners.add(listener);
		return new Subscription() {

			@Override
			public Coverage coverage() {
				return Objects.requireNonNull(ScriptedSignal.this.coverage);
			}

			@Override
			public void close() {
				ScriptedSignal.this.listeners.remove(listener);
			}

		};
	}

	public void change(@Nullable String service) {
		this.listeners.forEach((listener) -> listener.changed(service));
	}

	public void change() {
		this.subscribers.values().forEach(Listener::changed);
	}

}
