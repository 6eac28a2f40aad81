package dev.cloudmap.discovery.catalog.entry;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.ScriptedSource;
import dev.cloudmap.discovery.catalog.TestCatalog;

import static org.assertj.core.api.Assertions.assertThat;

class LastKnownTests {

	private static final Instant CONFIRMED = Instant.parse("2026-01-01T00:00:00Z");

	private final LastKnown lastKnown = new LastKnown();

	@Test
	void restoresTheLatestListWithItsConfirmationTime() {
		this.lastKnown.store(CatalogEntry.of(ScriptedSource.set("a"), CONFIRMED.minusSeconds(60)));
		this.lastKnown.store(CatalogEntry.of(ScriptedSource.set("b"), CONFIRMED));
		CatalogEntry entry = this.lastKnown.restore(ScriptedSource.WORKER);
		assertThat(entry.set()).isEqualTo(ScriptedSource.set("b"));
		assertThat(entry.confirmed()).isEqualTo(CONFIRMED);
	}

	@Test
	void removesAServiceWithoutInstances() {
		this.lastKnown.store(CatalogEntry.of(ScriptedSource.set("a"), CONFIRMED));
		this.lastKnown.store(CatalogEntry.of(ScriptedSource.set(), CONFIRMED));
		assertThat(this.lastKnown.restore(ScriptedSource.WORKER)).isNull();
	}

	@Test
	void removesTheOldestListAtTheLimit() {
		for (int i = 0; i <= LastKnown.MAX_SERVICES; i++) {
			this.lastKnown
				.store(CatalogEntry.of(new InstanceSet(service(i), ScriptedSource.instances("a"), "test"), CONFIRMED));
		}
		assertThat(this.lastKnown.restore(service(0))).isNull();
		assertThat(this.lastKnown.restore(service(1))).isNotNull();
		assertThat(this.lastKnown.restore(service(LastKnown.MAX_SERVICES))).isNotNull();
	}

	private static ServiceName service(int number) {
		return new ServiceName(TestCatalog.CORP, "worker-" + number);
	}

}
