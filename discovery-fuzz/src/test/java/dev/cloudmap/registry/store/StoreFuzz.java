package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.h2.mvstore.DataUtils;

import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;
import dev.cloudmap.fuzz.ManualTimeline;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.operation.OperationCommand;

/**
 * Opens a data directory with corrupted files. The first byte of an input selects the
 * state of the files after one of the commits; its highest bit recomputes the checksums
 * of MVStore after the corruption. The corruptions follow: one byte each for the
 * {@link Corruption} and the block, two bytes for the offset in the block, and one byte
 * for the length. The store must return all acknowledged changes, or refuse to open and
 * leave the file unchanged.
 */
public final class StoreFuzz {

	private static final int BLOCK = 4096;

	/** A number of bytes above the length of a header of MVStore. */
	private static final int HEADER = 512;

	private static final int RECOMPUTE_CHECKSUMS = 0x80;

	private static final int MAX_CORRUPTIONS = 16;

	private static final int COMMITS = 24;

	private static final String CHECKSUM = ",fletcher:";

	private static final int CHECKSUM_DIGITS = 8;

	/**
	 * A directory in memory, which Linux has. The store forces the files of each input to
	 * disk several times.
	 */
	private static final Path SHARED_MEMORY = Path.of("/dev/shm");

	private static final Path DIRECTORY = directory();

	/** The content of the registry after each change, starting with the empty content. */
	private static final List<Journal.Contents> ACKNOWLEDGED = new ArrayList<>();

	private static final List<Commit> COMMITTED = Commit.all();

	private StoreFuzz() {
	}

	private static Path directory() {
		try {
			Path directory = Files.isWritable(SHARED_MEMORY) ? Files.createTempDirectory(SHARED_MEMORY, "store-fuzz")
					: Files.createTempDirectory("store-fuzz");
			for (Path path : List.of(directory, directory.resolve(CheckedStore.FILE_NAME),
					directory.resolve(RevisionMark.FILE_NAME))) {
				// files are deleted in reverse order, so the directory is the last one
				path.toFile().deleteOnExit();
			}
			return directory;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] read(String name) {
		try {
			return Files.readAllBytes(DIRECTORY.resolve(name));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
		Input input = new Input(bytes);
		int mode = input.next();
		Commit commit = COMMITTED.get((mode & ~RECOMPUTE_CHECKSUMS) % COMMITTED.size());
		CorruptedFiles files = new CorruptedFiles(commit.file.clone(), commit.mark.clone());
		for (int i = 0; i < MAX_CORRUPTIONS && input.hasMore(); i++) {
			Corruption corruption = Corruption.values()[input.next() % Corruption.values().length];
			int block = input.next();
			corruption.apply(files, block, input.nextShort() % BLOCK, input.next(), input);
		}
		if ((mode & RECOMPUTE_CHECKSUMS) != 0) {
			recomputeChecksums(files.file);
		}
		open(files, Arrays.equals(files.mark, commit.mark) ? commit.contents.revision() : 0);
		LoggedErrors.rethrow();
	}

	private static void open(CorruptedFiles files, long acknowledged) throws IOException {
		Path file = DIRECTORY.resolve(CheckedStore.FILE_NAME);
		Files.write(file, files.file);
		Files.write(DIRECTORY.resolve(RevisionMark.FILE_NAME), files.mark);
		Journal.Contents contents;
		try (MvStoreJournal journal = MvStoreJournal.open(DIRECTORY)) {
			contents = journal.load();
			// an opened store must accept further commits
			journal.commit(new Journal.Commit(contents.revision() + 1, List.of(), List.of(), List.of()));
		}
		catch (StoreException ex) {
			Check.that(Arrays.equals(read(CheckedStore.FILE_NAME), files.file), "A refused file was changed");
			return;
		}
		Check.that(contents.revision() >= acknowledged,
				"Acknowledged changes are lost; found and acknowledged revision:", contents.revision(), acknowledged);
		Check.that(ACKNOWLEDGED.contains(contents), "The content was never acknowledged:", contents);
		try (MvStoreJournal journal = MvStoreJournal.open(DIRECTORY)) {
			Check.that(journal.load().instances().equals(contents.instances()), "The content differs after a restart");
		}
	}

	/**
	 * Recomputes the checksums of MVStore in headers and at the end of chunks.
	 */
	private static void recomputeChecksums(byte[] file) {
		String text = new String(file, StandardCharsets.ISO_8859_1);
		for (int end = text.indexOf(CHECKSUM); end >= 0; end = text.indexOf(CHECKSUM, end + 1)) {
			// a header begins with "H:" and contains "chunk:"; the end of a chunk has no
			// "H:"
			int header = text.lastIndexOf("H:", end);
			int begin = (header >= 0 && end - header < HEADER) ? header : text.lastIndexOf("chunk:", end);
			int digits = end + CHECKSUM.length();
			if (begin < 0 || end - begin > HEADER || digits + CHECKSUM_DIGITS > file.length) {
				continue;
			}
			byte[] covered = Arrays.copyOfRange(file, begin, end);
			byte[] sum = "%08x".formatted(DataUtils.getFletcher32(covered, 0, covered.length))
				.getBytes(StandardCharsets.ISO_8859_1);
			System.arraycopy(sum, 0, file, digits, CHECKSUM_DIGITS);
		}
	}

	/**
	 * The files after a commit, and their content.
	 */
	private static final class Commit {

		private final byte[] file;

		private final byte[] mark;

		private final Journal.Contents contents;

		private Commit(byte[] file, byte[] mark, Journal.Contents contents) {
			this.file = file;
			this.mark = mark;
			this.contents = contents;
		}

		/**
		 * Returns the files after each commit, as a killed process would leave them.
		 */
		static List<Commit> all() {
			List<Commit> commits = new ArrayList<>();
			Random random = new Random(1);
			try (MvStoreJournal journal = MvStoreJournal.open(DIRECTORY);
					RegistryState state = new RegistryState(journal, new ManualTimeline(), () -> Emulation.NONE)) {
				ACKNOWLEDGED.add(journal.load());
				state
					.submit(new CreateNamespace("ns-1", "arn", "corp", NamespaceType.HTTP, null, null, 5, Instant.EPOCH,
							null, Tags.NONE))
					.join();
				ACKNOWLEDGED.add(journal.load());
				state
					.submit(new CreateService(new Service("srv-1", "arn", "ns-1", "worker", null, null, null, null,
							Instant.EPOCH, null, Map.of(), Tags.NONE), CreateService.Kind.BY_NAMESPACE))
					.join();
				ACKNOWLEDGED.add(journal.load());
				for (int i = 0; i < COMMITS; i++) {
					InstanceReference key = new InstanceReference("srv-1", "i-" + i % 9);
					OperationCommand command = (i % 5 == 4)
							? new DeregisterInstance(new InstanceReference("srv-1", "i-" + i % 4))
							: new RegisterInstance(key,
									Map.of(AttributeNames.IPV4, "10.0.0." + i, "a", "x".repeat(random.nextInt(400))),
									null);
					state.submit(command).join();
					ACKNOWLEDGED.add(journal.load());
					commits.add(new Commit(read(CheckedStore.FILE_NAME), read(RevisionMark.FILE_NAME),
							ACKNOWLEDGED.get(ACKNOWLEDGED.size() - 1)));
				}
			}
			return commits;
		}

	}

	/**
	 * The corrupted files.
	 */
	private static final class CorruptedFiles {

		private byte[] file;

		private byte[] mark;

		private CorruptedFiles(byte[] file, byte[] mark) {
			this.file = file;
			this.mark = mark;
		}

	}

	/**
	 * A corruption of the files.
	 */
	private enum Corruption {

		OVERWRITTEN {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				put(files.file, position(files, block, offset), input.next(length % 32 + 1));
			}
		},

		ZEROED {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				put(files.file, position(files, block, offset), new byte[length * 64 + 1]);
			}
		},

		TRUNCATED {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				files.file = Arrays.copyOf(files.file, position(files, block, offset));
			}
		},

		COPIED {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				int from = position(files, length, 0);
				put(files.file, position(files, block, 0),
						Arrays.copyOfRange(files.file, from, Math.min(files.file.length, from + BLOCK)));
			}
		},

		/** Replaces a block by that of another commit, as after a partial write. */
		FROM_ANOTHER_COMMIT {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				byte[] other = COMMITTED.get(length % COMMITTED.size()).file;
				int from = position(files, block, 0);
				if (from < other.length) {
					int end = Math.min(other.length, from + BLOCK);
					files.file = Arrays.copyOf(files.file, Math.max(files.file.length, end));
					put(files.file, from, Arrays.copyOfRange(other, from, end));
				}
			}
		},

		EXTENDED {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				int end = files.file.length;
				files.file = Arrays.copyOf(files.file, Math.min(end + length * 64, MAX_FILE));
				put(files.file, end, input.next(offset % 64));
			}
		},

		MARK_OVERWRITTEN {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				put(files.mark, offset % Math.max(1, files.mark.length), input.next(length % 64 + 1));
			}
		},

		MARK_TRUNCATED {
			@Override
			void apply(CorruptedFiles files, int block, int offset, int length, Input input) {
				files.mark = Arrays.copyOf(files.mark, Math.min(files.mark.length, offset));
			}
		};

		private static final int MAX_FILE = 1 << 20;

		abstract void apply(CorruptedFiles files, int block, int offset, int length, Input input);

		private static int position(CorruptedFiles files, int block, int offset) {
			return (block * BLOCK + offset) % Math.max(1, files.file.length);
		}

		private static void put(byte[] target, int position, byte[] bytes) {
			if (position < target.length) {
				System.arraycopy(bytes, 0, target, position, Math.min(bytes.length, target.length - position));
			}
		}

	}

}
