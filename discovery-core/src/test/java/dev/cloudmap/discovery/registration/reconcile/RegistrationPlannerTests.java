package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Entry;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Fact;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Correct;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Deregister;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.FindHealthyPeer;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Register;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Renew;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.ReportHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Verify;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Wait;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.registry.InstanceRegistration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the plan with tables. All times are seconds from now.
 * <p>
 * Desired: {@code none}, or the id and the health of an instance: {@code healthy},
 * {@code down} (a health that never deregisters it) or {@code unhealthy} with its start
 * time.
 * <p>
 * Observed: the entries of the registry, separated by commas. {@code entry} has an id and
 * the reported health; its lease is renewed in 4 seconds and its attributes are verified
 * in 60 seconds, unless {@code renew} and {@code verify} set other times.
 */
class RegistrationPlannerTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final Map<String, String> FOREIGN = Map.of("foreign", "true");

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# desired         | observed                                                | action
			none              | nothing                                                 | wait
			none              | claim i-1                                               | deregister i-1
			none              | entry i-1 healthy                                       | deregister i-1
			none              | claim i-0, entry i-1 healthy                            | deregister i-0
			i-1 healthy       | nothing                                                 | register i-1 healthy
			i-1 healthy       | claim i-1                                               | register i-1 healthy
			i-1 down          | nothing                                                 | register i-1 unhealthy
			i-1 healthy       | entry i-1 healthy                                       | wait 60
			i-1 healthy       | entry i-1 healthy, leases                               | wait 4
			i-1 healthy       | entry i-1 healthy, leases, verify 2                     | wait 2
			i-2 healthy       | entry i-1 healthy                                       | register i-2 healthy
			i-2 healthy       | claim i-1, entry i-2 healthy                            | deregister i-1
			i-1 healthy       | entry i-1 healthy, changed                              | register i-1 healthy
			""")
	void registersAndDeregisters(String desired, String observed, String action) {
		assertThat(plan(Action.UNHEALTHY, desired, observed)).isEqualTo(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# desired         | observed                                                | action
			i-1 healthy       | entry i-1 healthy, leases, renew 0                      | report i-1 healthy
			i-1 healthy       | entry i-1 healthy, renew 0                              | wait 60
			i-1 down          | entry i-1 unhealthy, leases, renew 0                    | renew i-1 unhealthy
			i-1 healthy       | entry i-1 healthy, leases, renew 0, stores-no-health    | renew i-1 healthy
			i-1 healthy       | entry i-1 healthy, leases, renew 0, external            | wait 60
			i-1 healthy       | entry i-1 healthy, verify 0                             | verify i-1
			i-1 healthy       | entry i-1 healthy, leases, renew 0, verify 0            | report i-1 healthy
			i-1 healthy       | entry i-1 healthy, deviates                             | correct i-1 healthy
			i-1 down          | entry i-1 unhealthy, deviates                           | correct i-1 unhealthy
			i-1 healthy       | entry i-1 healthy, deviates, corrected                  | wait 60
			""")
	void renewsVerifiesAndCorrects(String desired, String observed, String action) {
		assertThat(plan(Action.UNHEALTHY, desired, observed)).isEqualTo(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# desired         | observed                                                | action
			i-1 down          | entry i-1 healthy                                       | report i-1 unhealthy
			i-1 healthy       | entry i-1 unhealthy                                     | report i-1 healthy
			i-1 down          | entry i-1 healthy, stores-no-health                     | wait 60
			i-1 down          | entry i-1 unhealthy                                     | wait 60
			i-1 unhealthy -1  | entry i-1 healthy                                       | report i-1 unhealthy
			i-1 unhealthy -1  | entry i-1 unhealthy                                     | wait 60
			i-1 unhealthy -90 | entry i-1 unhealthy                                     | wait 30
			i-1 unhealthy -120 | entry i-1 unhealthy                                    | find-peer i-1
			i-1 unhealthy -120 | entry i-1 unhealthy, verify 0                          | verify i-1
			i-1 unhealthy -120 | entry i-1 unhealthy, healthy-peer                      | deregister i-1
			i-1 unhealthy -120 | nothing, healthy-peer                                  | wait 10
			i-1 unhealthy -120 | claim i-1, healthy-peer                                | deregister i-1
			i-1 unhealthy -120 | entry i-1 unhealthy, no-healthy-peer                   | wait 10
			i-1 unhealthy -120 | entry i-1 unhealthy, no-healthy-peer, verify 3         | wait 3
			i-1 unhealthy -120 | nothing                                                | find-peer i-1
			i-1 unhealthy -120 | nothing, no-healthy-peer                               | register i-1 unhealthy
			i-1 unhealthy 0   | entry i-1 healthy, stores-no-health                     | find-peer i-1
			""")
	void reportsAnUnhealthyInstanceAndDeregistersItLater(String desired, String observed, String action) {
		assertThat(plan(Action.UNHEALTHY, desired, observed)).isEqualTo(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# desired         | observed                                                | action
			i-1 unhealthy 0   | entry i-1 healthy                                       | report i-1 unhealthy
			i-1 unhealthy 0   | entry i-1 unhealthy                                     | find-peer i-1
			i-1 unhealthy 0   | nothing                                                 | find-peer i-1
			i-1 unhealthy 0   | entry i-1 unhealthy, no-healthy-peer                    | wait 10
			i-1 unhealthy 0   | entry i-1 unhealthy, healthy-peer                       | deregister i-1
			i-1 down          | entry i-1 unhealthy                                     | wait 60
			""")
	void deregistersAnUnhealthyInstanceAtOnce(String desired, String observed, String action) {
		assertThat(plan(Action.DEREGISTER, desired, observed)).isEqualTo(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# desired         | observed                                                | action
			i-1 healthy       | external, external-check 30                             | wait 30
			i-1 healthy       | external, external-check 0                              | register i-1 healthy
			i-1 healthy       | external, entry i-1 healthy                             | wait 60
			i-1 unhealthy 0   | external, entry i-1 healthy                             | report i-1 unhealthy
			i-1 unhealthy 0   | external, entry i-1 unhealthy                           | wait 60
			i-1 healthy       | external, claim i-0, entry i-1 healthy                  | deregister i-0
			none              | external, entry i-1 healthy                             | deregister i-1
			""")
	void neverDeregistersTheInstanceOfAnExternalRegistrarForItsHealth(String desired, String observed, String action) {
		assertThat(plan(Action.DEREGISTER, desired, observed)).isEqualTo(action);
	}

	private static String plan(Action policy, String desired, String observed) {
		RegistrationPlanner planner = new RegistrationPlanner(new UnhealthyPolicy(policy, Duration.ofMinutes(2)));
		return describe(planner.plan(desired(desired), observed(observed), NOW));
	}

	private static DesiredState desired(String text) {
		if (text.equals("none")) {
			return DesiredState.NONE;
		}
		String[] words = text.split(" ", -1);
		DesiredState desired = DesiredState.NONE.with(instance(words[0]));
		return switch (words[1]) {
			case "healthy" -> desired;
			case "down" -> desired.with(ReportedHealth.unhealthy(Origin.OVERALL_HEALTH, "DOWN"), NOW);
			default -> desired.with(ReportedHealth.unhealthy("the disk is full"), at(words[2]));
		};
	}

	private static ObservedState observed(String text) {
		List<InstanceRegistration> claims = new ArrayList<>();
		Set<Fact> facts = new HashSet<>();
		Entry entry = null;
		String registrar = null;
		Instant externalCheckAt = Instant.MIN;
		for (String item : text.split(", ", -1)) {
			String[] words = item.split(" ", -1);
			switch (words[0]) {
				case "nothing" -> {
				}
				case "claim" -> claims.add(instance(words[1]));
				case "entry" -> {
					InstanceRegistration instance = instance(words[1]);
					claims.add(instance);
					entry = new Entry(instance, instance, HealthStatus.valueOf(words[2].toUpperCase(Locale.ROOT)),
							at("4"), at("60"), null, null);
				}
				case "changed" -> entry = new Entry(entry.desired().with(FOREIGN), entry.instance(), entry.health(),
						entry.renewAt(), entry.verifyAt(), null, null);
				case "renew" -> entry = entry.reported(entry.health(), at(words[1]));
				case "verify" -> entry = entry.compared(at(words[1]), entry.deviation(), entry.corrected());
				case "deviates" -> entry = entry.compared(entry.verifyAt(), FOREIGN, entry.corrected());
				case "corrected" -> entry = entry.compared(entry.verifyAt(), FOREIGN, entry.deviation());
				case "external" -> registrar = "Amazon ECS";
				case "external-check" -> externalCheckAt = at(words[1]);
				default -> facts.add(Fact.valueOf(words[0].toUpperCase(Locale.ROOT).replace('-', '_')));
			}
		}
		return new ObservedState(entry, claims, registrar, externalCheckAt, facts);
	}

	private static String describe(RegistrationAction action) {
		if (action instanceof Wait wait) {
			return wait.until().equals(Instant.MAX) ? "wait"
					: "wait " + Duration.between(NOW, wait.until()).toSeconds();
		}
		if (action instanceof Register register) {
			return "register " + describe(register.instance(), register.health());
		}
		if (action instanceof Correct correct) {
			return "correct " + describe(correct.instance(), correct.health());
		}
		if (action instanceof ReportHealth report) {
			return "report " + describe(report.instance(), report.health());
		}
		if (action instanceof Renew renew) {
			return "renew " + describe(renew.instance(), renew.health());
		}
		if (action instanceof Verify verify) {
			return "verify " + verify.instance().instanceId();
		}
		if (action instanceof FindHealthyPeer find) {
			return "find-peer " + find.instance().instanceId();
		}
		return "deregister " + ((Deregister) action).instance().instanceId();
	}

	private static String describe(InstanceRegistration instance, HealthStatus health) {
		return instance.instanceId() + " " + health.name().toLowerCase(Locale.ROOT);
	}

	private static InstanceRegistration instance(String id) {
		return ReconcilerFixture.INSTANCE.withId(id);
	}

	private static Instant at(String seconds) {
		return NOW.plusSeconds(Long.parseLong(seconds));
	}

}
