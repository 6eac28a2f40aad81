package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the refresh of a service by an operator, and the last error that is shown.
 */
class ManualRefreshTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, this.timer);

	@Test
	void refreshLooksUpDuringBackOff() {
		this.source.fail();
		WatchedService worker = this.catalog.service("worker");
		this.timer.advance(Duration.ofSeconds(4));
		int lookups = this.source.lookups;
		this.source.find("a");
		worker.refresh();
		this.timer.advance(Duration.ofMillis(20));
		assertThat(this.source.lookups).isEqualTo(lookups + 1);
		assertThat(worker.entry()).isNotNull();
		assertThat(worker.failure()).isNull();
	}

	@Test
	void lastErrorStaysAfterSuccess() {
		WatchedService worker = this.catalog.service("worker");
		assertThat(worker.lastError()).isNull();
		this.source.fail();
		WatchedService other = this.catalog.service("other");
		this.source.find("a");
		other.refresh();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(other.failure()).isNull();
		assertThat(other.lastError()).satisfies((error) -> {
			assertThat(error.message()).isEqualTo("away");
			assertThat(error.time()).isEqualTo(this.timer.now().minusSeconds(1));
		});
	}

	@Test
	void findsWatchedServicesOnly() {
		WatchedService worker = this.catalog.service("worker");
		assertThat(this.catalog.find(ScriptedSource.WORKER)).isSameAs(worker);
		this.catalog.forget();
		assertThat(this.catalog.find(ScriptedSource.WORKER)).isNull();
	}

}
