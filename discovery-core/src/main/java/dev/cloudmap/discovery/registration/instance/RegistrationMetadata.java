package dev.cloudmap.discovery.registration.instance;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * The metadata of this application's registration, which Spring Cloud's listeners read
 * and change. Changes are kept apart from the detected attributes and stay when those are
 * read again. Iterators show the metadata at the time of their creation.
 */
public final class RegistrationMetadata extends AbstractMap<String, String> implements RegistrationCustomizer {

	private static final String SOURCE = "the registration's metadata";

	private final Supplier<InstanceRegistration> instance;

	/** The changes; empty for a key that was removed. */
	private final Map<String, Optional<String>> changes = new ConcurrentHashMap<>();

	private volatile Runnable listener = () -> {
	};

	/**
	 * Creates the metadata.
	 * @param instance returns the instance with its detected attributes
	 */
	public RegistrationMetadata(Supplier<InstanceRegistration> instance) {
		this.instance = instance;
	}

	/**
	 * Sets the listener of changes, which replaces the previous one.
	 */
	public void onChange(Runnable listener) {
		this.listener = listener;
	}

	@Override
	public void customize(Map<String, String> attributes) {
		this.changes.forEach((key, value) -> value.ifPresentOrElse((changed) -> attributes.put(key, changed),
				() -> attributes.remove(key)));
	}

	/**
	 * Changes an attribute.
	 * @throws DiscoveryException if the registry would refuse it, or all attributes
	 * together; nothing is changed in that case
	 */
	@Override
	public @Nullable String put(String key, String value) {
		Objects.requireNonNull(key, "An attribute of the registration's metadata has no name");
		Objects.requireNonNull(value, () -> "The attribute '" + key
				+ "' of the registration's metadata has no value: remove it, or give it one");
		AttributeLimits.check(SOURCE, Map.of(key, value));
		return change(key, Optional.of(value));
	}

	@Override
	public @Nullable String remove(@Nullable Object key) {
		return (key instanceof String name) ? change(name, Optional.empty()) : null;
	}

	private @Nullable String change(String key, Optional<String> value) {
		InstanceRegistration known = known();
		String before;
		// concurrent changes must not exceed the limit together
		synchronized (this.changes) {
			Map<String, String> attributes = new LinkedHashMap<>((known != null) ? known.attributes() : Map.of());
			customize(attributes);
			before = attributes.get(key);
			if (value.isPresent()) {
				attributes.put(key, value.get());
				AttributeLimits.checkSum((known != null) ? known.with(attributes).allAttributes() : attributes);
			}
			this.changes.put(key, value);
		}
		if (!Objects.equals(before, value.orElse(null))) {
			this.listener.run();
		}
		return before;
	}

	@Override
	public @Nullable String get(@Nullable Object key) {
		if (!(key instanceof String name)) {
			return null;
		}
		Optional<String> changed = this.changes.get(name);
		return (changed != null) ? changed.orElse(null) : this.instance.get().attributes().get(name);
	}

	@Override
	public boolean containsKey(@Nullable Object key) {
		return get(key) != null;
	}

	/**
	 * The instance; null if it is not known yet, as before the web server listens.
	 */
	private @Nullable InstanceRegistration known() {
		try {
			return this.instance.get();
		}
		catch (DiscoveryException ex) {
			return null;
		}
	}

	@Override
	public Set<Entry<String, String>> entrySet() {
		Map<String, String> now = new LinkedHashMap<>(this.instance.get().attributes());
		customize(now);
		return new AbstractSet<>() {

			@Override
			public int size() {
				return now.size();
			}

			@Override
			public Iterator<Entry<String, String>> iterator() {
				return iterate(now.entrySet().iterator());
			}

		};
	}

	/**
	 * Iterates over a copy and changes the original.
	 */
	private Iterator<Entry<String, String>> iterate(Iterator<Entry<String, String>> copy) {
		return new Iterator<>() {

			private String last = "";

			@Override
			public boolean hasNext() {
				return copy.hasNext();
			}

			@Override
			public Entry<String, String> next() {
				Entry<String, String> next = copy.next();
				this.last = next.getKey();
				return new SimpleEntry<>(next) {

					private static final long serialVersionUID = 1L;

					@Override
					public String setValue(String value) {
						put(getKey(), value);
						return super.setValue(value);
					}

				};
			}

			@Override
			public void remove() {
				copy.remove();
				RegistrationMetadata.this.remove(this.last);
			}

		};
	}

}
