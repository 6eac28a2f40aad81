package dev.cloudmap.discovery.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatPublisherTests {

	private static final InstanceSet CHANGE = new InstanceSet(new ServiceName(TestCatalog.CORP, "worker"), List.of(),
			"test");

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(CHANGE),
			this.timer);

	private final NamespaceServices services = NamespaceServices.of(TestCatalog.CORP,
			TestCatalog.services(this.registry, Runnable::run, this.timer));

	@Test
	void everyContextOfAHierarchyReceivesAnEventOnce() {
		try (AnnotationConfigApplicationContext parent = parent();
				AnnotationConfigApplicationContext child = child(parent);
				AnnotationConfigApplicationContext grandchild = child(child)) {
			parent.getBean(HeartbeatPublisher.class).onChange(CHANGE);
			assertThat(List.of(parent, child, grandchild))
				.allSatisfy((context) -> assertThat(events(context)).isEqualTo(events(parent))
					.doesNotHaveDuplicates()
					.isNotEmpty());
		}
	}

	@Test
	void aFailedListenerDoesNotAffectOtherContexts() {
		try (AnnotationConfigApplicationContext parent = parent();
				AnnotationConfigApplicationContext child = child(parent)) {
			parent.addApplicationListener((HeartbeatEvent event) -> {
				throw new IllegalStateException("failed");
			});
			int before = events(child).size();
			parent.getBean(HeartbeatPublisher.class).onChange(CHANGE);
			assertThat(events(child)).hasSize(before + 1);
		}
	}

	@Test
	void aClosedChildReceivesNoEvents() {
		try (AnnotationConfigApplicationContext parent = parent()) {
			AnnotationConfigApplicationContext child = child(parent);
			List<Object> events = events(child);
			child.close();
			int before = events.size();
			parent.getBean(HeartbeatPublisher.class).onChange(CHANGE);
			assertThat(events).hasSize(before);
			assertThat(events(parent)).isNotEmpty();
		}
	}

	@Test
	void refreshesTheServicesForAListenerOfAChild() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			register(parent);
			parent.refresh();
			assertThat(this.registry.calls).isEmpty();
			try (AnnotationConfigApplicationContext child = child(parent)) {
				assertThat(this.registry.calls).containsExactly("services corp");
				assertThat(events(child)).isEmpty();
			}
		}
	}

	private AnnotationConfigApplicationContext parent() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		register(context);
		context.registerBean(Listener.class);
		context.refresh();
		return context;
	}

	private void register(AnnotationConfigApplicationContext context) {
		context.registerBean(HeartbeatPublisher.class,
				() -> new HeartbeatPublisher(context, Runnable::run, () -> this.catalog, () -> this.services));
	}

	private static AnnotationConfigApplicationContext child(ApplicationContext parent) {
		AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
		child.setParent(parent);
		child.registerBean(Listener.class);
		child.refresh();
		return child;
	}

	private static List<Object> events(ApplicationContext context) {
		return context.getBean(Listener.class).values;
	}

	static final class Listener {

		private final List<Object> values = new ArrayList<>();

		@EventListener
		void on(HeartbeatEvent event) {
			this.values.add(event.getValue());
		}

	}

}
