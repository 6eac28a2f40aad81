package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A damaged store file is either read completely or rejected without a change.
 */
@Timeout(120)
class DamagedFileTests {

	private static final int BLOCK = 4096;

	private static final int ROUNDS = Integer.getInteger("damage.rounds", 25);

	private final long seed = Long.getLong("damage.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@TempDir
	private Path directory;

	private Path data;

	/** The files of a running registry, equal to those after a kill, oldest first. */
	private final List<Kept> moments = new ArrayList<>();

	/** The files after a normal stop. */
	private Kept closed;

	@BeforeEach
	void write() throws IOException {
		this.data = this.directory.resolve("data");
		try (MvStoreJournal journal = MvStoreJournal.open(this.data)) {
			journal.commit(commit(1, new Change.NamespaceCreated(1, Samples.namespace())));
			for (int revision = 2; revision < 120; revision++) {
				journal.commit(commit(revision, change(revision)));
				this.moments.add(new Kept(this.data, journal.load()));
			}
		}
		this.closed = new Kept(this.data, last().contents);
	}

	private static Journal.Commit commit(long revision, Change change) {
		return new Journal.Commit(revision, List.of(change), List.of(), List.of());
	}

	private Change change(int revision) {
		Instance instance = Samples.instance(new InstanceReference("srv-1", "i-" + this.random.nextInt(40)),
				Map.of("n", Integer.toString(revision), "x", "y".repeat(this.random.nextInt(800))), revision);
		return (this.random.nextInt(4) == 0) ? new Change.InstanceDeregistered(revision, instance)
				: new Change.InstanceRegistered(revision, instance);
	}

	private Kept last() {
		return this.moments.get(this.moments.size() - 1);
	}

	private Path file() {
		return this.data.resolve(MvStoreJournal.FILE_NAME);
	}

	private Path mark() {
		return this.data.resolve(RevisionMark.FILE_NAME);
	}

	private Journal.Contents restart(byte[] file, byte[] mark) throws IOException {
		Files.write(file(), file);
		Files.write(mark(), mark);
		try (MvStoreJournal journal = MvStoreJournal.open(this.data)) {
			return journal.load();
		}
	}

	@ParameterizedTest
	@EnumSource
	void isReadCompletelyOrRejected(Damage damage) throws IOException {
		int refused = 0;
		for (int round = 0; round < ROUNDS; round++) {
			Kept good = this.random.nextBoolean() ? this.closed
					: this.moments.get(this.random.nextInt(this.moments.size()));
			byte[] damaged = damage.inflict(good.file, this.random);
			try {
				assertThat(restart(damaged, good.mark)).as("damage.seed=%d, round %d", this.seed, round)
					.isEqualTo(good.contents);
			}
			catch (StoreException ex) {
				refused++;
				assertThat(ex).hasMessageContaining(file().toString());
				assertThat(file()).hasBinaryContent(damaged);
			}
		}
		System.out.printf("%s: %d of %d refused%n", damage, refused, ROUNDS);
	}

	@Test
	void isRejectedWhenOlderThanMark() throws IOException {
		byte[] older = this.moments.get(this.moments.size() - 2).file;
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> restart(older, last().mark))
			.withMessageContaining(file().toString())
			.withMessageContaining("revision");
		assertThat(file()).hasBinaryContent(older);
	}

	/**
	 * A kill may happen between the flush and the write of the mark.
	 */
	@Test
	void isAcceptedWhenNewerThanMark() throws IOException {
		byte[] older = this.moments.get(0).mark;
		assertThat(restart(last().file, older)).isEqualTo(last().contents);
	}

	@Test
	void isAcceptedWithoutMark() throws IOException {
		assertThat(restart(last().file, new byte[0])).isEqualTo(last().contents);
	}

	@Test
	void isRejectedWithDamagedMark() {
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> restart(last().file, new byte[1024]))
			.withMessageContaining(mark().toString());
	}

	@Test
	void isAcceptedWithEitherHalfOfMark() throws IOException {
		byte[] torn = last().mark.clone();
		Arrays.fill(torn, 0, 20, (byte) 0);
		assertThat(restart(last().file, torn)).isEqualTo(last().contents);
	}

	/**
	 * After a power failure, any subset of the blocks of a write may be on the disk.
	 */
	@ParameterizedTest
	@EnumSource
	void survivesPartialWrite(CutOff cutOff) throws IOException {
		for (int i = 1; i < this.moments.size(); i += 2) {
			Kept before = this.moments.get(i - 1);
			Kept after = this.moments.get(i);
			byte[] torn = cutOff.mix(before.file, after.file, this.random);
			assertThat(restart(torn, before.mark)).as("damage.seed=%d, write %d", this.seed, i)
				.isIn(before.contents, after.contents);
		}
	}

	@Test
	void markWithoutFileIsRejected() throws IOException {
		Files.write(mark(), last().mark);
		Files.delete(file());
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> MvStoreJournal.open(this.data))
			.withMessageContaining(file().toString())
			.withMessageContaining(mark().toString());
		assertThat(file()).doesNotExist();
		assertThat(mark()).hasBinaryContent(last().mark);
	}

	@Test
	void canBeMovedTogetherWithMark() throws IOException {
		Files.delete(mark());
		Files.delete(file());
		try (MvStoreJournal journal = MvStoreJournal.open(this.data)) {
			assertThat(journal.load().namespaces()).isEmpty();
		}
	}

	@Test
	void preventsStartOfRegistry() throws IOException {
		// the header alone: the newest chunk may be anywhere after it
		byte[] damaged = Arrays.copyOf(last().file, 2 * BLOCK);
		Files.write(file(), damaged);
		RegistryOptions options = RegistryOptions.defaults()
			.withHttpPort(0)
			.withDnsPort(0)
			.withDataDirectory(this.data);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(() -> RegistryServer.start(options))
			.withMessageContaining(file().toString());
		assertThat(file()).hasBinaryContent(damaged);
	}

	@Test
	void containsNoJavaObjectAndNoVersionOfH2() throws IOException {
		last();
		Files.writeString(file(), "garbage garbage");
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> MvStoreJournal.open(this.data))
			.withMessageContaining("is damaged or is no registry's (Reading from file failed at 15")
			.withMessageNotContainingAny("@", "sun.nio", "[2.");
	}

	/**
	 * The files at one moment and their content.
	 */
	private static final class Kept {

		private final byte[] file;

		private final byte[] mark;

		private final Journal.Contents contents;

		private Kept(Path directory, Journal.Contents contents) throws IOException {
			this.file = Files.readAllBytes(directory.resolve(MvStoreJournal.FILE_NAME));
			this.mark = Files.readAllBytes(directory.resolve(RevisionMark.FILE_NAME));
			this.contents = contents;
		}

	}

	private enum Damage {

		TRUNCATED {
			@Override
			byte[] inflict(byte[] good, Random random) {
				return Arrays.copyOf(good, random.nextInt(good.length));
			}
		},

		TRUNCATED_BY_BLOCKS {
			@Override
			byte[] inflict(byte[] good, Random random) {
				return Arrays.copyOf(good, BLOCK * random.nextInt(good.length / BLOCK));
			}
		},

		FLIPPED_BIT {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] damaged = good.clone();
				damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
				return damaged;
			}
		},

		FLIPPED_BYTES {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] damaged = good.clone();
				for (int i = 1 + random.nextInt(50); i > 0; i--) {
					damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
				}
				return damaged;
			}
		},

		ZEROED_RANGE {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] damaged = good.clone();
				int begin = random.nextInt(damaged.length);
				Arrays.fill(damaged, begin, Math.min(damaged.length, begin + 1 + random.nextInt(BLOCK)), (byte) 0);
				return damaged;
			}
		},

		ZEROED_BLOCKS {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] damaged = good.clone();
				int blocks = damaged.length / BLOCK;
				int begin = random.nextInt(blocks);
				int end = begin + 1 + random.nextInt(blocks - begin);
				Arrays.fill(damaged, begin * BLOCK, end * BLOCK, (byte) 0);
				return damaged;
			}
		},

		SWAPPED_BLOCKS {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] damaged = good.clone();
				int one = BLOCK * random.nextInt(damaged.length / BLOCK);
				int other = BLOCK * random.nextInt(damaged.length / BLOCK);
				System.arraycopy(good, one, damaged, other, BLOCK);
				System.arraycopy(good, other, damaged, one, BLOCK);
				return damaged;
			}
		},

		GARBAGE_APPENDED {
			@Override
			byte[] inflict(byte[] good, Random random) {
				byte[] garbage = new byte[1 + random.nextInt(5 * BLOCK)];
				random.nextBytes(garbage);
				byte[] damaged = Arrays.copyOf(good, good.length + garbage.length);
				System.arraycopy(garbage, 0, damaged, good.length, garbage.length);
				return damaged;
			}
		};

		abstract byte[] inflict(byte[] good, Random random);

	}

	private enum CutOff {

		/** The process was killed: the first part of the write is on the disk. */
		BEGINNING {
			@Override
			boolean[] written(int count, Random random) {
				boolean[] written = new boolean[count];
				Arrays.fill(written, 0, random.nextInt(count + 1), true);
				return written;
			}
		},

		/** The power failed: some parts of the write are on the disk. */
		ANY_PART {
			@Override
			boolean[] written(int count, Random random) {
				boolean[] written = new boolean[count];
				for (int i = 0; i < count; i++) {
					written[i] = random.nextBoolean();
				}
				return written;
			}
		};

		abstract boolean[] written(int count, Random random);

		byte[] mix(byte[] before, byte[] after, Random random) {
			int length = Math.max(before.length, after.length);
			byte[] mixed = Arrays.copyOf(before, length);
			byte[] target = Arrays.copyOf(after, length);
			List<Integer> changed = new ArrayList<>();
			for (int block = 0; block < length / BLOCK; block++) {
				if (!Arrays.equals(mixed, block * BLOCK, (block + 1) * BLOCK, target, block * BLOCK,
						(block + 1) * BLOCK)) {
					changed.add(block);
				}
			}
			// The header of the file is written last.
			changed.sort((one, other) -> Integer.compare((one < 2) ? Integer.MAX_VALUE : one,
					(other < 2) ? Integer.MAX_VALUE : other));
			boolean[] written = written(changed.size(), random);
			for (int i = 0; i < changed.size(); i++) {
				if (written[i]) {
					System.arraycopy(target, changed.get(i) * BLOCK, mixed, changed.get(i) * BLOCK, BLOCK);
				}
			}
			return mixed;
		}

	}

}
