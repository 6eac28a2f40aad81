package dev.cloudmap.discovery.catalog.entry;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.ScriptedSource;
import dev.cloudmap.discovery.catalog.TestCatalog;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotFormatTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");

	@Property(tries = 300)
	void readsWhatWasWritten(@ForAll("texts") String id, @ForAll("texts") String key, @ForAll("texts") String value) {
		CatalogEntry entry = entry("worker", instance(id, Map.of(key, value, "other", "")));
		CatalogEntry read = SnapshotFormat.read(SnapshotFormat.write(List.of(entry, entry("idle"))))
			.get(ScriptedSource.WORKER);
		assertThat(read).isNotNull();
		assertThat(read.set()).isEqualTo(entry.set());
		assertThat(read.confirmed()).isEqualTo(NOW);
	}

	@Provide
	Arbitrary<String> texts() {
		return Arbitraries.strings().filter((text) -> text.chars().noneMatch((unit) -> isHalf((char) unit)));
	}

	/** Excludes unpaired surrogates, which cannot be encoded. */
	private static boolean isHalf(char unit) {
		return Character.isSurrogate(unit);
	}

	@Test
	void omitsServicesAboveTheSizeLimit() {
		Map<String, String> much = Map.of("much", "x".repeat(1 << 20));
		CatalogEntry large = entry("large",
				IntStream.range(0, 20).mapToObj((i) -> instance("i" + i, much)).toArray(Instance[]::new));
		String text = SnapshotFormat.write(List.of(large, entry("worker", instance("a", Map.of()))));
		assertThat(text.length()).isLessThan(SnapshotFormat.MAX_BYTES);
		assertThat(SnapshotFormat.read(text)).containsOnlyKeys(ScriptedSource.WORKER);
	}

	private static CatalogEntry entry(String service, Instance... instances) {
		return CatalogEntry.of(
				new InstanceSet(new ServiceName(TestCatalog.CORP, service), List.of(instances), SnapshotFormat.SOURCE),
				NOW);
	}

	private static Instance instance(String id, Map<String, String> attributes) {
		return new Instance(ScriptedSource.WORKER, id, "fd00:0:0:0:0:0:0:1", 8080, HealthStatus.HEALTHY, attributes);
	}

}
