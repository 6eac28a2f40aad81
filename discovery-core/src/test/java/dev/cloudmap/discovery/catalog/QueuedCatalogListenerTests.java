package dev.cloudmap.discovery.catalog;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;

import static org.assertj.core.api.Assertions.assertThat;

class QueuedCatalogListenerTests {

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private static final ServiceName PRINTER = new ServiceName(TestCatalog.CORP, "printer");

	private final List<Runnable> tasks = new ArrayList<>();

	private final List<String> seen = new ArrayList<>();

	private final CatalogListener listener = CatalogListener.withoutDelayingLookups((set) -> {
		this.seen.add(set.service().name() + " by " + set.source());
		throw new IllegalStateException("a listener that fails");
	}, this.tasks::add);

	@Test
	void runsOnTheExecutorWithTheLatestChangeOfEachService() {
		change(WORKER, "dns");
		change(PRINTER, "dns");
		change(WORKER, "api");
		assertThat(this.seen).isEmpty();
		assertThat(this.tasks).hasSize(1);
		this.tasks.remove(0).run();
		assertThat(this.seen).containsExactly("worker by api", "printer by dns");
		change(PRINTER, "api");
		this.tasks.remove(0).run();
		assertThat(this.seen).hasSize(3).last().isEqualTo("printer by api");
	}

	@Test
	void anImmediateListenerRunsAtOnce() {
		ImmediateCatalogListener immediate = (set) -> this.seen.add(set.service().name());
		CatalogListener.withoutDelayingLookups(immediate, this.tasks::add)
			.onChange(new InstanceSet(WORKER, List.of(), "dns"));
		assertThat(this.seen).containsExactly("worker");
		assertThat(this.tasks).isEmpty();
	}

	private void change(ServiceName service, String source) {
		this.listener.onChange(new InstanceSet(service, List.of(), source));
	}

}
