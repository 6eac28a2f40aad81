package dev.cloudmap.discovery.catalog.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Stores the last known lists in a file, so that an application that starts while the
 * registry is unavailable finds its services. The file is used only when a lookup has
 * failed. Failures to read or write it are logged. Thread-safe.
 */
public final class CatalogSnapshot implements AutoCloseable {

	/** The delay before a write, which then includes later changes. */
	static final Duration WRITE_DELAY = Duration.ofSeconds(1);

	/** How often the file is rewritten if only the confirmation times have changed. */
	static final Duration REWRITE_INTERVAL = Duration.ofMinutes(5);

	/** Lists that were not confirmed for this long are removed from the file. */
	static final Duration MAX_AGE = Duration.ofDays(7);

	private static final Logger logger = LoggerFactory.getLogger(CatalogSnapshot.class);

	private final Path file;

	private final Timer timer;

	private final Executor executor;

	private final CallableInstances callable;

	private final Map<ServiceName, CatalogEntry> entries = new ConcurrentHashMap<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private volatile Instant written;

	/** False if the file is not a snapshot: it is never overwritten. */
	private final boolean writable;

	private volatile boolean failed;

	/**
	 * Reads the file, if there is one.
	 * @param timer schedules writes
	 * @param executor writes the file
	 * @param callable removes instances that must not be called
	 */
	public CatalogSnapshot(Path file, Timer timer, Executor executor, CallableInstances callable) {
		this.callable = callable;
		this.file = file.toAbsolutePath();
		this.timer = timer;
		this.executor = executor;
		this.written = timer.now();
		this.writable = read();
	}

	private boolean read() {
		String text = "";
		try (InputStream in = Files.newInputStream(this.file)) {
			byte[] bytes = in.readNBytes(SnapshotFormat.MAX_BYTES + 1);
			text = new String(bytes, StandardCharsets.UTF_8);
			if (bytes.length > SnapshotFormat.MAX_BYTES) {
				throw new IllegalArgumentException(
						"expected " + SnapshotFormat.MAX_BYTES + " bytes at most, found more");
			}
			this.entries.putAll(SnapshotFormat.read(text));
			logger.info("{} has the instances of {} service(s)", this.file, this.entries.size());
			return true;
		}
		catch (NoSuchFileException ex) {
			return true;
		}
		catch (IOException | RuntimeException ex) {
			boolean replaceable = text.isEmpty() || text.startsWith(SnapshotFormat.NAME);
			logger.warn("{} is not a readable snapshot and is {} (discovery.lookup.snapshot): {}", this.file,
					replaceable ? "overwritten" : "not overwritten", ex.toString());
			return replaceable;
		}
	}

	/**
	 * Returns the stored list of a service; null if there is none or if none of its
	 * instances may be called any more.
	 */
	public @Nullable CatalogEntry restore(ServiceName service) {
		CatalogEntry entry = this.entries.get(service);
		if (entry == null) {
			return null;
		}
		InstanceSet kept = new InstanceSet(service, entry.set().instances(), SnapshotFormat.SOURCE);
		InstanceSet callable = this.callable.callable(kept);
		return (callable.isEmpty() && !kept.isEmpty()) ? null : CatalogEntry.of(callable, entry.confirmed());
	}

	/**
	 * Stores the list of a service, or removes it if the list is empty.
	 */
	public void store(CatalogEntry entry) {
		ServiceName service = entry.set().service();
		CatalogEntry before = entry.set().isEmpty() ? this.entries.remove(service) : this.entries.put(service, entry);
		List<?> instances = (before != null) ? before.set().instances() : List.of();
		boolean due = !entry.set().instances().equals(instances)
				|| Duration.between(this.written, entry.confirmed()).compareTo(REWRITE_INTERVAL) >= 0;
		if (due && this.writable && this.scheduled.compareAndSet(false, true)) {
			this.timer.schedule(this::submitWrite, WRITE_DELAY);
		}
	}

	private void submitWrite() {
		try {
			this.executor.execute(this::write);
		}
		catch (RejectedExecutionException ex) {
			this.scheduled.set(false);
		}
	}

	private void write() {
		this.scheduled.set(false);
		Instant now = this.timer.now();
		this.entries.values().removeIf((entry) -> entry.confirmed().plus(MAX_AGE).isBefore(now));
		this.written = now;
		try {
			replace(SnapshotFormat.write(List.copyOf(this.entries.values())));
			this.failed = false;
		}
		catch (IOException | RuntimeException ex) {
			if (!this.failed) {
				logger.warn("{} could not be written (discovery.lookup.snapshot): {}", this.file, ex.toString());
			}
			this.failed = true;
		}
	}

	/**
	 * Replaces the file atomically.
	 */
	private void replace(String text) throws IOException {
		Path directory = this.file.getParent();
		Files.createDirectories(directory);
		Path temporary = Files.createTempFile(directory, this.file.getFileName() + ".", ".tmp");
		try {
			Files.writeString(temporary, text);
			Files.move(temporary, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	/**
	 * Writes the current lists.
	 */
	@Override
	public void close() {
		if (this.writable && !this.entries.isEmpty()) {
			write();
		}
	}

}
