package dev.cloudmap.registry.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.registry.RegistryProcess;
import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a registry repeatedly during writes. Acknowledged changes must remain.
 * {@code -Dcrash.rounds=100 -Dcrash.seed=1} sets the number of kills and the seed.
 */
@Timeout(300)
@Tag("slow")
class CrashIT {

	private static final int ROUNDS = Integer.getInteger("crash.rounds", 20);

	private static final int WRITERS = 8;

	/** Maximum number of acknowledged writes before the kill of a round. */
	private static final int MAX_WRITES = 500;

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	/** Prefer a fast start to peak performance. */
	private static final List<String> JVM_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

	/**
	 * The writers and their relative frequency.
	 */
	private static final List<Kind> KINDS = List.of(new Kind("instances", 30, InstanceActor::new),
			new Kind("services", 3, ServiceActor::new), new Kind("namespaces", 3, NamespaceActor::new),
			new Kind("tags", 5, TagActor::new), new Kind("service-attributes", 5, ServiceAttributeActor::new),
			new Kind("operations", 1, OperationActor::new));

	private final long seed = Long.getLong("crash.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();

	private final AtomicLong acknowledged = new AtomicLong();

	@TempDir
	private Path directory;

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.killer.shutdownNow();
	}

	@Test
	void keepsAcknowledgedChangesAfterKill() throws Exception {
		List<Writer> writers = new ArrayList<>();
		for (int i = 0; i < WRITERS; i++) {
			writers.add(new Writer("writer-" + i, this.random.nextLong()));
		}
		int round = 0;
		try {
			try (RegistryProcess registry = start(); ServiceDiscoveryClient client = client(registry)) {
				writers.forEach((writer) -> writer.prepare(client));
				killDuringWrites(registry, client, writers);
			}
			for (round = 1; round < ROUNDS; round++) {
				try (RegistryProcess registry = start(); ServiceDiscoveryClient client = client(registry)) {
					writers.forEach((writer) -> writer.verify(client));
					killDuringWrites(registry, client, writers);
				}
			}
			try (RegistryProcess registry = start(); ServiceDiscoveryClient client = client(registry)) {
				writers.forEach((writer) -> writer.verify(client));
			}
		}
		catch (AssertionError ex) {
			throw new AssertionError("In round %d with -Dcrash.seed=%d".formatted(round, this.seed), ex);
		}
		System.out.printf("%d kills, %d acknowledged writes, %d bytes in the data directory%n", ROUNDS,
				this.acknowledged.get(), size());
	}

	private RegistryProcess start() throws Exception {
		return RegistryProcess
			.run(this.directory.resolve("stderr.txt"), JVM_OPTIONS,
					List.of("--http-port", "0", "--dns-port", "0", "--data-dir",
							this.directory.resolve("data").toString()))
			.awaitReady();
	}

	private static ServiceDiscoveryClient client(RegistryProcess registry) {
		return TestRegistry.client(registry.endpoint());
	}

	private void killDuringWrites(RegistryProcess registry, ServiceDiscoveryClient client, List<Writer> writers)
			throws Exception {
		CountDownLatch toGo = new CountDownLatch(1 + this.random.nextInt(MAX_WRITES));
		List<Future<?>> running = new ArrayList<>();
		for (Writer writer : writers) {
			running.add(this.threads.submit(() -> writer.run(client, toGo)));
		}
		assertThat(toGo.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).as(registry::errors).isTrue();
		// Wait a moment after the last acknowledgement, so that the kill can interrupt
		// any step of the next write.
		this.killer.schedule(() -> {
			registry.kill();
			return null;
		}, this.random.nextInt(5000), TimeUnit.MICROSECONDS).get();
		for (Future<?> future : running) {
			future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(registry.errors()).doesNotContain("ERROR", "WARN");
	}

	private long size() throws IOException {
		try (var files = Files.list(this.directory.resolve("data"))) {
			return files.mapToLong((file) -> file.toFile().length()).sum();
		}
	}

	/**
	 * A type of actor.
	 *
	 * @param name the name
	 * @param weight the relative frequency of its writes
	 * @param factory creates the actors
	 */
	record Kind(String name, int weight, Actor.Factory factory) {

	}

	/**
	 * A client with one actor per type.
	 */
	private final class Writer {

		private final Random choices;

		/** The actors, each repeated according to its weight. */
		private final List<Actor> actors = new ArrayList<>();

		private Writer(String name, long seed) {
			this.choices = new Random(seed);
			for (Kind kind : KINDS) {
				Actor actor = kind.factory().create(name + "-" + kind.name());
				for (int i = 0; i < kind.weight(); i++) {
					this.actors.add(actor);
				}
			}
		}

		private void prepare(ServiceDiscoveryClient client) {
			this.actors.stream().distinct().forEach((actor) -> actor.prepare(client));
		}

		private void run(ServiceDiscoveryClient client, CountDownLatch toGo) {
			try {
				while (true) {
					this.actors.get(this.choices.nextInt(this.actors.size())).write(client, this.choices);
					CrashIT.this.acknowledged.incrementAndGet();
					toGo.countDown();
				}
			}
			catch (SdkClientException ex) {
				// The registry was killed. The last request may have been executed or
				// not.
			}
		}

		private void verify(ServiceDiscoveryClient client) {
			this.actors.stream().distinct().forEach((actor) -> actor.verify(client));
		}

	}

}
