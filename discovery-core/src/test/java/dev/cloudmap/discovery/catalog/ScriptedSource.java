package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.discovery.thread.Timer;

/**
 * A source with scripted results, which counts lookups.
 */
public final class ScriptedSource implements InstanceSource {

	public static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	final Deque<CompletableFuture<InstanceSet>> answers = new ArrayDeque<>();

	/** The default result. */
	CompletableFuture<InstanceSet> fallback = new CompletableFuture<>();

	int lookups;

	/** Results that replace the default once. */
	private Supplier<InstanceSet> dated;

	/**
	 * Sets the result of the next lookup.
	 */
	public void answer(InstanceSet set) {
		this.answers.add(CompletableFuture.completedFuture(set));
	}

	/**
	 * Sets the result of later lookups.
	 */
	public void find(String... ids) {
		this.fallback = CompletableFuture.completedFuture(set(ids));
	}

	/**
	 * Sets the result of later lookups, with a TTL from the time of each.
	 */
	public void find(Duration valid, Timer timer, String... ids) {
		this.dated = () -> new InstanceSet(WORKER, instances(ids), "test", timer.steady().plus(valid));
	}

	/**
	 * Fails later lookups.
	 */
	public void fail() {
		this.fallback = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
	}

	@Override
	public synchronized CompletionStage<InstanceSet> lookup(ServiceName service) {
		this.lookups++;
		if (this.dated != null) {
			return CompletableFuture.completedFuture(this.dated.get());
		}
		return this.answers.isEmpty() ? this.fallback : this.answers.remove();
	}

	/**
	 * A result with a TTL from the start of the test.
	 */
	public static InstanceSet set(Duration valid, String... ids) {
		return new InstanceSet(WORKER, set(ids).instances(), "test", new ManualTimer().now().plus(valid));
	}

	public static InstanceSet set(String... ids) {
		return new InstanceSet(WORKER, instances(ids), "test");
	}

	public static List<Instance> instances(String... ids) {
		List<Instance> instances = new ArrayList<>();
		for (String id : ids) {
			instances.add(new Instance(WORKER, id, "127.0.0.1", 1 + id.charAt(0), HealthStatus.UNKNOWN, Map.of()));
		}
		return instances;
	}

}
