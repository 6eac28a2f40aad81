package dev.cloudmap.discovery.test;

import java.util.Map;

/**
 * A service whose instances are stubs of the test, each a small HTTP server on a loopback
 * address. Created by {@link TestRegistry#service(String)}.
 * <p>
 * Instances are registered at once, even in a registry with the delays of AWS.
 * Thread-safe.
 */
public final class StubService {

	private final TestRegistry registry;

	private final String name;

	StubService(TestRegistry registry, String name) {
		this.registry = registry;
		this.name = name;
	}

	/**
	 * Returns the name.
	 * @return the name by which the service is called
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Starts and registers an instance, which has an id such as {@code worker-1} and
	 * answers every request with status 200 and its id as text.
	 * @return the instance
	 */
	public StubInstance instance() {
		return instance(this.registry.nextId(this.name));
	}

	/**
	 * Starts and registers an instance.
	 * @param id its id; what is registered under the same id is replaced
	 * @return the instance, which answers every request with status 200 and its id
	 */
	public StubInstance instance(String id) {
		return instance(id, Map.of());
	}

	/**
	 * Starts and registers an instance with attributes, which callers see as metadata,
	 * such as {@code zone} or {@code version}.
	 * @param attributes its attributes; see {@link #instance(String, Map)}
	 * @return the instance, which answers every request with status 200 and its id
	 */
	public StubInstance instance(Map<String, String> attributes) {
		return instance(this.registry.nextId(this.name), attributes);
	}

	/**
	 * Starts and registers an instance with attributes.
	 * @param id its id; what is registered under the same id is replaced
	 * @param attributes its attributes. {@code AWS_INSTANCE_IPV4} and
	 * {@code AWS_INSTANCE_PORT} set the address on which it listens. The default is a
	 * free port of 127.0.0.1, or of a separate address such as 127.0.1.1 if the registry
	 * is like AWS, which accepts each address only once per service
	 * @return the instance, which answers every request with status 200 and its id
	 * @throws IllegalArgumentException if the registry rejects the id or an attribute
	 * @throws java.io.UncheckedIOException if the instance cannot listen on its address
	 * @throws IllegalStateException if the registry is stopped
	 */
	public StubInstance instance(String id, Map<String, String> attributes) {
		return this.registry.add(this.name, id, attributes);
	}

}
