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
 * Any bytes as the file with the last known lists: what is read of it is read again from
 * what is written of that.
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
		Check.that(again.keySet().equals(read.keySet()), "Other services are read again:", read.keySet());
		read.forEach((service, entry) -> {
			Check.that(entry.set().service().equals(service), "The set is another service's");
			Check.that(again.get(service).set().equals(entry.set()), "Other instances are read again:", entry.set());
			Check.that(again.get(service).confirmed().equals(entry.confirmed()), "It was confirmed at another time");
		});
	}

	private static void checkFile(byte[] bytes, Set<ServiceName> services) throws IOException {
		Files.write(FILE, bytes);
		Map<ServiceName, InstanceSet> before = recall(services);
		Map<ServiceName, InstanceSet> after = recall(services);
		before.keySet().removeIf((service) -> !after.containsKey(service));
		Check.that(after.equals(before), "The file tells something else after it was written:", before, after);
	}

	/**
	 * Recalls what is in the file, and has it written again.
	 */
	private static Map<ServiceName, InstanceSet> recall(Set<ServiceName> services) {
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
