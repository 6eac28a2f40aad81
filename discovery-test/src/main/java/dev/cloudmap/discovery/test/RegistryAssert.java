package dev.cloudmap.discovery.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * AssertJ assertions on the content of a registry: {@code assertThat(registry)}.
 * <p>
 * Applications register, report their health and deregister asynchronously. Each
 * assertion waits up to ten seconds until it is satisfied, and then fails with a
 * description of the content. {@link #within(Duration)} sets another time for the
 * assertions that follow; zero does not wait.
 */
public final class RegistryAssert extends AbstractAssert<RegistryAssert, TestRegistry> {

	private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

	private static final long POLL_MILLIS = 5;

	private Duration limit = DEFAULT_LIMIT;

	RegistryAssert(TestRegistry actual) {
		super(actual, RegistryAssert.class);
	}

	/**
	 * Sets the time for which the assertions that follow wait.
	 * @param newLimit the maximum time; zero does not wait
	 * @return these assertions
	 */
	public RegistryAssert within(Duration newLimit) {
		this.limit = newLimit;
		return this;
	}

	/**
	 * Returns assertions on one service of the registry's namespace.
	 * @param name the service's name; the service need not exist
	 * @return assertions of that service, which wait as long as these
	 */
	public ServiceAssert service(String name) {
		return new ServiceAssert(this, name);
	}

	/**
	 * Verifies that services with these names exist, with or without instances. Other
	 * services may exist.
	 * @param names the names
	 * @return these assertions
	 */
	public RegistryAssert hasServices(String... names) {
		List<String> wanted = Arrays.asList(names);
		await("services " + wanted, (content) -> {
			List<String> missing = wanted.stream().filter((name) -> content.service(name) == null).toList();
			return missing.isEmpty() ? null : "there are no " + missing;
		});
		return this;
	}

	/**
	 * Verifies that no service has an instance.
	 * @return these assertions
	 */
	public RegistryAssert hasNoInstances() {
		await("no instances", (content) -> {
			int count = content.services().stream().mapToInt((state) -> state.instances().size()).sum();
			return (count == 0) ? null : "there are " + count;
		});
		return this;
	}

	/**
	 * Waits until the content satisfies a condition.
	 * @param wanted the description of the condition, for the message
	 * @param problem returns the problem, or null
	 */
	void await(String wanted, Function<RegisteredContent, @Nullable String> problem) {
		isNotNull();
		TestRegistry registry = Objects.requireNonNull(this.actual);
		long deadline = System.nanoTime() + this.limit.toNanos();
		while (true) {
			boolean last = System.nanoTime() >= deadline;
			RegisteredContent content = registry.content();
			String found = problem.apply(content);
			if (found == null) {
				return;
			}
			if (last) {
				throw failure("%s", "Expected %s%s, but %s.%n%s".formatted(wanted,
						this.limit.isZero() ? "" : " within " + format(this.limit), found, content.describe()));
			}
			pause(found);
		}
	}

	private void pause(String found) {
		try {
			Thread.sleep(POLL_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure("%s", "Interrupted while " + found);
		}
	}

	private static String format(Duration duration) {
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

}
