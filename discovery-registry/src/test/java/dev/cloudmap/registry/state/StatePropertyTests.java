package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.StateModel.Effect;
import dev.cloudmap.registry.state.Step.CreateNamespaceStep;
import dev.cloudmap.registry.state.Step.CreateServiceStep;
import dev.cloudmap.registry.state.Step.DeleteNamespaceStep;
import dev.cloudmap.registry.state.Step.DeleteServiceStep;
import dev.cloudmap.registry.state.Step.DeregisterStep;
import dev.cloudmap.registry.state.Step.DescribeStep;
import dev.cloudmap.registry.state.Step.HealthStep;
import dev.cloudmap.registry.state.Step.RegisterStep;
import dev.cloudmap.registry.state.Step.TagStep;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariants that hold after any sequence of commands.
 */
class StatePropertyTests {

	private static final int TRIES = 300;

	@Provide
	Arbitrary<List<Step>> steps() {
		Arbitrary<Integer> few = Arbitraries.integers().between(0, 3);
		Arbitrary<Step> namespace = Combinators
			.combine(Arbitraries.of("corp.local", "CORP.local", "shop"), Arbitraries.of(NamespaceType.class))
			.as(CreateNamespaceStep::new);
		Arbitrary<Step> service = Combinators
			.combine(few, Arbitraries.of("worker", "Worker", "backend"), Arbitraries.of(true, false))
			.as(CreateServiceStep::new);
		Arbitrary<Map<String, String>> attributes = Arbitraries.maps(Arbitraries.of("a", "b"), Arbitraries.of("1", "2"))
			.ofMaxSize(2);
		Arbitrary<String> initial = Arbitraries.of("HEALTHY", "UNHEALTHY").injectNull(0.7);
		Arbitrary<Step> register = Combinators.combine(few, few, attributes, initial).as(RegisterStep::new);
		Arbitrary<Step> deregister = Combinators.combine(few, few).as(DeregisterStep::new);
		Arbitrary<Step> health = Combinators
			.combine(few, few, Arbitraries.of(ChangeHealth.Verdict.class), Arbitraries.of(false, false, false, true))
			.as(HealthStep::new);
		Arbitrary<Step> deleteNamespace = few.map(DeleteNamespaceStep::new);
		Arbitrary<Step> deleteService = few.map(DeleteServiceStep::new);
		Arbitrary<Step> describe = Combinators.combine(few, Arbitraries.of("one", "two")).as(DescribeStep::new);
		Arbitrary<Step> tag = Combinators.combine(few, attributes).as(TagStep::new);
		return Arbitraries
			.frequencyOf(Tuple.of(2, namespace), Tuple.of(4, service), Tuple.of(12, register), Tuple.of(6, deregister),
					Tuple.of(10, health), Tuple.of(1, deleteNamespace), Tuple.of(2, deleteService),
					Tuple.of(1, describe), Tuple.of(2, tag))
			.list()
			.ofMaxSize(60);
	}

	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void equalsTheModelAfterAnyCommands(@ForAll("steps") List<Step> steps) {
		StateModel model = new StateModel();
		try (RegistryState state = new RegistryState(new RecordingJournal(), new ManualScheduler(),
				() -> Emulation.NONE)) {
			for (Step step : steps) {
				RegistrySnapshot before = state.snapshot();
				Step.Prepared done = step.run(state, model);
				RegistrySnapshot after = state.snapshot();
				assertThat(StateModel.tell(after)).as("after %s", step).isEqualTo(model.tell());
				if (done.effect() == Effect.REFUSED || done.effect() == Effect.NOTHING) {
					assertThat(after).isSameAs(before);
				}
				else {
					assertThat(after.revision()).isGreaterThan(before.revision());
					checkInstanceRevisions(before, after, done);
				}
			}
		}
	}

	/**
	 * The revision of a service grows only if the result of a lookup by name changes, and
	 * only for that service.
	 */
	private static void checkInstanceRevisions(RegistrySnapshot before, RegistrySnapshot after, Step.Prepared done) {
		for (ServiceState service : before.services()) {
			if (after.findService(service.service().id()) == null) {
				continue;
			}
			long revision = after.service(service.service().id()).instancesRevision();
			if (done.effect() == Effect.CONTENT && service.service().id().equals(done.serviceId())) {
				assertThat(revision).isGreaterThan(service.instancesRevision());
			}
			else {
				assertThat(revision).isEqualTo(service.instancesRevision());
			}
		}
	}

	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void snapshotsAreImmutable(@ForAll("steps") List<Step> steps) {
		StateModel model = new StateModel();
		Map<RegistrySnapshot, String> taken = new HashMap<>();
		try (RegistryState state = new RegistryState(Journal.NONE, new ManualScheduler(), () -> Emulation.NONE)) {
			for (Step step : steps) {
				step.run(state, model);
				taken.put(state.snapshot(), StateModel.tell(state.snapshot()));
			}
		}
		taken.forEach((snapshot, told) -> assertThat(StateModel.tell(snapshot)).isEqualTo(told));
	}

	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void isEqualAfterRestart(@ForAll("steps") List<Step> before, @ForAll("steps") List<Step> after) {
		StateModel model = new StateModel();
		RecordingJournal journal = new RecordingJournal();
		ManualScheduler scheduler = new ManualScheduler();
		RegistrySnapshot last;
		try (RegistryState state = new RegistryState(journal, scheduler, () -> Emulation.NONE)) {
			before.forEach((step) -> step.run(state, model));
			last = state.snapshot();
		}
		scheduler.advance(Duration.ofMillis(1));
		try (RegistryState state = new RegistryState(journal, scheduler, () -> Emulation.NONE)) {
			RegistrySnapshot restored = state.snapshot();
			assertThat(StateModel.tell(restored)).isEqualTo(StateModel.tell(last));
			assertThat(restored.revision()).isGreaterThan(last.revision());
			for (ServiceState service : last.services()) {
				ServiceState again = restored.service(service.service().id());
				assertThat(again.service()).isEqualTo(service.service());
				assertThat(again.instances()).isEqualTo(service.instances());
				assertThat(again.instancesRevision()).isGreaterThan(service.instancesRevision());
			}
			after.forEach((step) -> step.run(state, model));
			assertThat(StateModel.tell(state.snapshot())).isEqualTo(model.tell());
		}
	}

	/**
	 * A batch of commands has the same effect as the same commands one after another.
	 */
	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void batchEqualsSingleCommands(@ForAll("steps") List<Step> before, @ForAll("steps") List<Step> together) {
		StateModel model = new StateModel();
		try (RegistryState state = new RegistryState(Journal.NONE, new ManualScheduler(), () -> Emulation.NONE)) {
			before.forEach((step) -> step.run(state, model));
			List<Step> registrations = together.stream().filter(RegisterStep.class::isInstance).toList();
			List<Step.Prepared> commands = registrations.stream()
				.map((step) -> step.prepare(model, state.snapshot()))
				.toList();
			List<CompletableFuture<?>> answers = new ArrayList<>();
			commands.forEach((command) -> answers.add(command.submit().apply(state)));
			for (int i = 0; i < commands.size(); i++) {
				commands.get(i).compare(answers.get(i), registrations.get(i));
			}
			assertThat(StateModel.tell(state.snapshot())).isEqualTo(model.tell());
		}
	}

}
