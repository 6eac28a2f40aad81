package dev.cloudmap.discovery.catalog.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.fuzz.StoppedTimer;

/**
 * Reads arbitrary bytes as a snapshot file. The entries that are read must be the same
 * after they are written and read again.
 */
public final class SnapshotFuzz {

	private static final Path FILE = file();

	private SnapshotFuzz() {
	}

	private static Path file() {
		try {
			Path directory = Files.createTempDirectory("snapshot-fuzz");
			directory.toFile().deleteOnExit();
			Path file = directory.resolve("snapshot");
			file.toFile().deleteOnExit();
			return file;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
		String text = new String(bytes, StandardCharsets.UTF_8);
		Map<ServiceName, CatalogEntry> read;
		try {
			read = SnapshotFormat.read(text);
		}
		catch (RuntimeException ex) {
			read = Map.of();
		}
		checkFormat(read);
		if (text.startsWith(SnapshotFormat.NAME)) {
			checkFile(bytes, read.keySet());
		}
		LoggedErrors.rethrow();
	}

	private static void checkFormat(Map<ServiceName, CatalogEntry> read) {
		Map<ServiceName, CatalogEntry> again = SnapshotFormat.read(SnapshotFormat.write(read.values()));
		Check.that(again.keySet().equals(read.keySet()), "Services differ after writing and reading:", read.keySet());
		read.forEach((service, entry) -> {
			Check.that(entry.set().service().equals(service), "The instance set belongs to another service");
			Check.that(again.get(service).set().equals(entry.set()), "Instances differ after writing and reading:",
					entry.set());
			Check.that(again.get(service).confirmed().equals(entry.confirmed()),
					"The confirmation time differs after writing and reading");
		});
	}

	private static void checkFile(byte[] bytes, Set<ServiceName> services) throws IOException {
		Files.write(FILE, bytes);
		Map<ServiceName, InstanceSet> before = restore(services);
		Map<ServiceName, InstanceSet> after = restore(services);
		before.keySet().removeIf((service) -> !after.containsKey(service));
		Check.that(after.equals(before), "The entries differ after the file was written and read:", before, after);
	}

	/**
	 * Restores the entries of the file. Closing the snapshot writes the file.
	 */
	private static Map<ServiceName, InstanceSet> restore(Set<ServiceName> services) {
		Map<ServiceName, InstanceSet> sets = new HashMap<>();
		StoppedTimer timer = new StoppedTimer();
		try (CatalogSnapshot snapshot = new CatalogSnapshot(FILE, timer, Runnable::run,
				new CallableInstances(Scope.ANYWHERE))) {
			for (ServiceName service : services) {
				CatalogEntry entry = snapshot.restore(service);
				if (entry != null) {
					sets.put(service, entry.set());
				}
			}
		}
		return sets;
	}

}
