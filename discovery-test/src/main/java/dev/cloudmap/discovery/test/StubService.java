package dev.cloudmap.discovery.test;

import java.util.Map;

/**
 * A service whose instances are stubs of the test: each is a small HTTP server on a
 * loopback address. From {@link TestRegistry#service(String)}.
 * <p>
 * Instances are registered at once, also in a registry with the delays of AWS. Any thread
 * may use this.
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
	 * @return the name by which callers know the service
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
	 * {@code AWS_INSTANCE_PORT} set where it listens; by default that is a free port of
	 * 127.0.0.1, or of an address of its own such as 127.0.1.1 where the registry is like
	 * AWS, which takes each address of a service only once
	 * @return the instance, which answers every request with status 200 and its id
	 * @throws IllegalArgumentException if the registry refuses the id or an attribute
	 * @throws java.io.UncheckedIOException if the instance can't listen at its address
	 * @throws IllegalStateException if the registry is stopped
	 */
	public StubInstance instance(String id, Map<String, String> attributes) {
		return this.registry.add(this.name, id, attributes);
	}

}
