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
 * A data directory to which anything was done. An input is a byte that tells the moment
 * at which the registry was killed (and with its highest bit that MVStore's checksums are
 * put right afterwards), and then one change to its files after the other: a byte that
 * tells the {@link Damage}, a block, a place in it in two bytes, and a length. What was
 * acknowledged is read in full, or the start is refused and the file left as it is.
 */
public final class StoreFuzz {

	private static final int BLOCK = 4096;

	/** Longer than a header of MVStore. */
	private static final int HEADER = 512;

	private static final int REPAIRED = 0x80;

	private static final int MAX_DAMAGES = 16;

	private static final int COMMITS = 24;

	private static final String CHECKSUM = ",fletcher:";

	private static final int CHECKSUM_DIGITS = 8;

	/**
	 * Files in memory, where the system has them: each input is forced to disk several
	 * times.
	 */
	private static final Path MEMORY = Path.of("/dev/shm");

	private static final Path DIRECTORY = directory();

	/** What the registry held after each change, beginning with none. */
	private static final List<Journal.Contents> ACKNOWLEDGED = new ArrayList<>();

	private static final List<Moment> MOMENTS = Moment.all();

	private StoreFuzz() {
	}

	private static Path directory() {
		try {
			Path directory = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "store-fuzz")
					: Files.createTempDirectory("store-fuzz");
			for (Path path : List.of(directory, directory.resolve(CheckedStore.FILE_NAME),
					directory.resolve(RevisionMark.FILE_NAME))) {
				// in the reverse order
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
		Moment moment = MOMENTS.get((mode & ~REPAIRED) % MOMENTS.size());
		Damaged files = new Damaged(moment.file.clone(), moment.mark.clone());
		for (int i = 0; i < MAX_DAMAGES && input.hasMore(); i++) {
			Damage damage = Damage.values()[input.next() % Damage.values().length];
			int block = input.next();
			damage.inflict(files, block, input.nextShort() % BLOCK, input.next(), input);
		}
		if ((mode & REPAIRED) != 0) {
			repair(files.file);
		}
		open(files, Arrays.equals(files.mark, moment.mark) ? moment.contents.revision() : 0);
		LoggedErrors.rethrow();
	}

	private static void open(Damaged files, long acknowledged) throws IOException {
		Path file = DIRECTORY.resolve(CheckedStore.FILE_NAME);
		Files.write(file, files.file);
		Files.write(DIRECTORY.resolve(RevisionMark.FILE_NAME), files.mark);
		Journal.Contents contents;
		try (MvStoreJournal journal = MvStoreJournal.open(DIRECTORY)) {
			contents = journal.load();
			// What was taken must be of use.
			journal.commit(new Journal.Commit(contents.revision() + 1, List.of(), List.of(), List.of()));
		}
		catch (StoreException ex) {
			Check.that(Arrays.equals(read(CheckedStore.FILE_NAME), files.file), "A file that is refused was changed");
			return;
		}
		Check.that(contents.revision() >= acknowledged, "What was acknowledged is lost: revision", contents.revision(),
				acknowledged);
		Check.that(ACKNOWLEDGED.contains(contents), "This was never acknowledged:", contents);
		try (MvStoreJournal journal = MvStoreJournal.open(DIRECTORY)) {
			Check.that(journal.load().instances().equals(contents.instances()), "It is another after a restart");
		}
	}

	/**
	 * Puts the checksums right behind which MVStore has its own words.
	 */
	private static void repair(byte[] file) {
		String text = new String(file, StandardCharsets.ISO_8859_1);
		for (int end = text.indexOf(CHECKSUM); end >= 0; end = text.indexOf(CHECKSUM, end + 1)) {
			// A header begins with H and has a chunk's number in it; a chunk's end has no
			// H.
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
	 * The files at one moment, and what is in them.
	 */
	private static final class Moment {

		private final byte[] file;

		private final byte[] mark;

		private final Journal.Contents contents;

		private Moment(byte[] file, byte[] mark, Journal.Contents contents) {
			this.file = file;
			this.mark = mark;
			this.contents = contents;
		}

		/**
		 * Returns the files as a kill at any time would leave them.
		 */
		static List<Moment> all() {
			List<Moment> moments = new ArrayList<>();
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
					moments.add(new Moment(read(CheckedStore.FILE_NAME), read(RevisionMark.FILE_NAME),
							ACKNOWLEDGED.get(ACKNOWLEDGED.size() - 1)));
				}
			}
			return moments;
		}

	}

	/**
	 * The files as they are found.
	 */
	private static final class Damaged {

		private byte[] file;

		private byte[] mark;

		private Damaged(byte[] file, byte[] mark) {
			this.file = file;
			this.mark = mark;
		}

	}

	/**
	 * What is done to the files.
	 */
	private enum Damage {

		WRITTEN_OVER {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				put(files.file, position(files, block, place), input.next(length % 32 + 1));
			}
		},

		ZEROED {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				put(files.file, position(files, block, place), new byte[length * 64 + 1]);
			}
		},

		CUT_OFF {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				files.file = Arrays.copyOf(files.file, position(files, block, place));
			}
		},

		COPIED {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				int from = position(files, length, 0);
				put(files.file, position(files, block, 0),
						Arrays.copyOfRange(files.file, from, Math.min(files.file.length, from + BLOCK)));
			}
		},

		/** As after a write of which some is on the disk and some is not. */
		OF_ANOTHER_MOMENT {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				byte[] other = MOMENTS.get(length % MOMENTS.size()).file;
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
			void inflict(Damaged files, int block, int place, int length, Input input) {
				int end = files.file.length;
				files.file = Arrays.copyOf(files.file, Math.min(end + length * 64, MAX_FILE));
				put(files.file, end, input.next(place % 64));
			}
		},

		MARK_WRITTEN_OVER {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				put(files.mark, place % Math.max(1, files.mark.length), input.next(length % 64 + 1));
			}
		},

		MARK_CUT_OFF {
			@Override
			void inflict(Damaged files, int block, int place, int length, Input input) {
				files.mark = Arrays.copyOf(files.mark, Math.min(files.mark.length, place));
			}
		};

		private static final int MAX_FILE = 1 << 20;

		abstract void inflict(Damaged files, int block, int place, int length, Input input);

		private static int position(Damaged files, int block, int place) {
			return (block * BLOCK + place) % Math.max(1, files.file.length);
		}

		private static void put(byte[] target, int position, byte[] bytes) {
			if (position < target.length) {
				System.arraycopy(bytes, 0, target, position, Math.min(bytes.length, target.length - position));
			}
		}

	}

}
