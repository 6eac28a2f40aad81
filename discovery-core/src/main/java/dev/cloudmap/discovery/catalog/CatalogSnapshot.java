package dev.cloudmap.discovery.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
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
 * The last known lists in a file, so that an application that is started while the
 * registry is away still finds its callees. It is only asked where a look-up has failed:
 * a registry that is there comes first. No trouble with the file stops anything.
 */
public final class CatalogSnapshot implements AutoCloseable {

	/** Changes that come together are written together. */
	static final Duration WRITE_DELAY = Duration.ofSeconds(1);

	/** How old the times at which lists were confirmed get in the file. */
	static final Duration REWRITE = Duration.ofMinutes(5);

	/** What was not called for so long is left out of the file. */
	static final Duration KEPT = Duration.ofDays(7);

	private static final Logger logger = LoggerFactory.getLogger(CatalogSnapshot.class);

	private final Path file;

	private final Timer timer;

	private final Executor executor;

	private final CallableInstances callable;

	private final Map<ServiceName, CatalogEntry> entries = new ConcurrentHashMap<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private volatile Instant written;

	/** A file that somebody else has put there is never overwritten. */
	private final boolean writable;

	private volatile boolean failed;

	/**
	 * Reads the file, if there is one.
	 * @param file the file; not null
	 * @param timer tells when to write; not null
	 * @param executor writes; not null
	 * @param callable which of the instances may be called; not null
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
			boolean own = text.isEmpty() || text.startsWith(SnapshotFormat.NAME);
			logger.warn("{} is no snapshot that can be read, and is {} (discovery.lookup.snapshot): {}", this.file,
					own ? "written anew" : "left alone", ex.toString());
			return own;
		}
	}

	/**
	 * Returns the stored list of a service; null if there is none, or if no instance of
	 * it may be called any more.
	 */
	@Nullable CatalogEntry recall(ServiceName service) {
		CatalogEntry entry = this.entries.get(service);
		if (entry == null) {
			return null;
		}
		InstanceSet kept = new InstanceSet(service, entry.set().instances(), SnapshotFormat.SOURCE);
		InstanceSet callable = this.callable.callable(kept);
		return (callable.isEmpty() && !kept.isEmpty()) ? null : CatalogEntry.of(callable, entry.confirmed());
	}

	/**
	 * Keeps what is known of a service. That it has no instances is not worth keeping.
	 */
	void keep(CatalogEntry entry) {
		ServiceName service = entry.set().service();
		CatalogEntry before = entry.set().isEmpty() ? this.entries.remove(service) : this.entries.put(service, entry);
		List<?> instances = (before != null) ? before.set().instances() : List.of();
		boolean due = !entry.set().instances().equals(instances)
				|| Duration.between(this.written, entry.confirmed()).compareTo(REWRITE) >= 0;
		if (due && this.writable && this.scheduled.compareAndSet(false, true)) {
			this.timer.schedule(this::writeLater, WRITE_DELAY);
		}
	}

	private void writeLater() {
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
		this.entries.values().removeIf((entry) -> entry.confirmed().plus(KEPT).isBefore(now));
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
	 * Whoever reads finds the old file or the new one, and never half of one.
	 */
	private void replace(String text) throws IOException {
		Path directory = this.file.getParent();
		if (directory == null) {
			throw new IOException("expected a file, found a root");
		}
		Files.createDirectories(directory);
		Path fresh = Files.createTempFile(directory, this.file.getFileName() + ".", ".tmp");
		try {
			Files.writeString(fresh, text);
			move(fresh);
		}
		finally {
			Files.deleteIfExists(fresh);
		}
	}

	private void move(Path fresh) throws IOException {
		try {
			Files.move(fresh, this.file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (AtomicMoveNotSupportedException ex) {
			Files.move(fresh, this.file, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	/**
	 * Writes what is known in the end.
	 */
	@Override
	public void close() {
		if (this.writable && !this.entries.isEmpty()) {
			write();
		}
	}

}
