package dev.cloudmap.discovery.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link NamespaceServices}.
 */
class NamespaceServicesTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final Namespace PARTNER = new Namespace("partner");

	private final FakeRegistry corp = new FakeRegistry();

	private final FakeRegistry partner = new FakeRegistry();

	private final NamespaceServices services = new NamespaceServices(new Namespaces(CORP, List.of(PARTNER)),
			list(CORP, this.corp), List.of(new NamespaceServices.Further(PARTNER, list(PARTNER, this.partner))));

	@Test
	void listsServicesOfAllNamespaces() {
		this.corp.services = Set.of("worker", "backend");
		this.partner.services = Set.of("worker", "v1.payments");
		assertThat(this.services.ids())
			.isCompletedWithValue(List.of("backend", "worker", "v1.payments.partner", "worker.partner"));
	}

	@Test
	void failureHidesNoOtherNamespace() {
		this.corp.services = Set.of("worker");
		this.partner.failure = new DiscoveryException("denied");
		assertThat(this.services.ids()).isCompletedWithValue(List.of("worker"));
	}

	@Test
	void failureOfTheOwnNamespaceHidesNoOther() {
		this.corp.failure = new DiscoveryException("denied");
		this.partner.services = Set.of("worker");
		assertThat(this.services.ids()).isCompletedWithValue(List.of("worker.partner"));
	}

	@Test
	void failsIfNothingIsKnown() {
		this.corp.failure = new DiscoveryException("denied");
		assertThat(this.services.ids()).isCompletedExceptionally();
	}

	@Test
	void followsAllNamespaces() {
		List<String> found = new ArrayList<>();
		this.corp.services = Set.of("worker");
		this.partner.services = Set.of("payments");
		this.services.follow((update) -> found.addAll(update.after()));
		assertThat(found).containsExactly("worker", "payments");
	}

	private static ServiceList list(Namespace namespace, FakeRegistry registry) {
		return new ServiceList(namespace, registry, new NoSignal(), Runnable::run, new ManualTimer(),
				TestCatalog.SETTINGS);
	}

}
