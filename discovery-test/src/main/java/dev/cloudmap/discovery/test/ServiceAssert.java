package dev.cloudmap.discovery.test;

import java.util.List;
import java.util.function.Predicate;

import org.assertj.core.api.AbstractAssert;

import dev.cloudmap.registry.state.model.Instance;

/**
 * AssertJ assertions on one service and its instances. They wait like those of
 * {@link RegistryAssert}.
 */
public final class ServiceAssert extends AbstractAssert<ServiceAssert, String> {

	private final RegistryAssert registry;

	private final String name;

	ServiceAssert(RegistryAssert registry, String name) {
		super(name, ServiceAssert.class);
		this.registry = registry;
		this.name = name;
	}

	/**
	 * Verifies that the service exists, with or without instances.
	 * @return these assertions
	 */
	public ServiceAssert exists() {
		this.registry.await("service '%s'".formatted(this.name),
				(content) -> (content.service(this.name) != null) ? null : "it does not exist");
		return this;
	}

	/**
	 * Verifies that the service does not exist. A service without instances exists.
	 * @return these assertions
	 */
	public ServiceAssert doesNotExist() {
		this.registry.await("no service '%s'".formatted(this.name),
				(content) -> (content.service(this.name) == null) ? null : "it exists");
		return this;
	}

	/**
	 * Verifies the number of instances, healthy or not.
	 * @param count the number; also 0 if the service does not exist
	 * @return these assertions
	 */
	public ServiceAssert hasInstances(int count) {
		return hasInstances(count, "%d instances".formatted(count), (instance) -> true);
	}

	/**
	 * Verifies that there are no instances; the service need not exist.
	 * @return these assertions
	 */
	public ServiceAssert hasNoInstances() {
		return hasInstances(0);
	}

	/**
	 * Verifies the number of healthy instances. Other instances may be unhealthy.
	 * @param count their number. As in lookups, an instance of a service without a health
	 * check is healthy
	 * @return these assertions
	 */
	public ServiceAssert hasHealthyInstances(int count) {
		return hasInstances(count, "%d healthy instances".formatted(count), RegisteredContent::isHealthy);
	}

	/**
	 * Verifies the number of unhealthy instances. Other instances may be healthy.
	 * @param count their number
	 * @return these assertions
	 */
	public ServiceAssert hasUnhealthyInstances(int count) {
		return hasInstances(count, "%d unhealthy instances".formatted(count),
				(instance) -> !RegisteredContent.isHealthy(instance));
	}

	/**
	 * Verifies that an instance is registered, healthy or not.
	 * @param id its id
	 * @return these assertions
	 */
	public ServiceAssert hasInstance(String id) {
		this.registry.await("instance '%s' of service '%s'".formatted(id, this.name),
				(content) -> (content.instance(this.name, id) != null) ? null : "there is none of that id");
		return this;
	}

	/**
	 * Verifies that at least one instance has an attribute.
	 * @param attribute the attribute's name, such as {@code version}
	 * @param value its value
	 * @return these assertions
	 */
	public ServiceAssert hasInstanceWithAttribute(String attribute, String value) {
		this.registry.await("an instance of service '%s' with %s=%s".formatted(this.name, attribute, value),
				(content) -> content.instances(this.name)
					.stream()
					.anyMatch((instance) -> value.equals(instance.attributes().get(attribute))) ? null
							: "there is none");
		return this;
	}

	private ServiceAssert hasInstances(int count, String wanted, Predicate<Instance> predicate) {
		this.registry.await("%s of service '%s'".formatted(wanted, this.name), (content) -> {
			List<Instance> found = content.instances(this.name).stream().filter(predicate).toList();
			return (found.size() == count) ? null : "there are " + found.size();
		});
		return this;
	}

}
