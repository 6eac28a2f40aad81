package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the invariants of ejections when calls end while the instances of the service
 * change.
 */
class EjectionRaceTests {

	private static final List<ServiceInstance> FOUR = TestStatistics.instances(4);

	private static final ServiceInstance LEAVING = FOUR.get(0);

	private static final List<ServiceInstance> THREE = FOUR.subList(1, 4);

	private static final Logger logger = (Logger) LoggerFactory.getLogger(ServiceStatistics.class);

	private final TestStatistics balancing = new TestStatistics();

	private final Map<ServiceStatistics, Map<ServiceInstance, Candidate>> candidates = new ConcurrentHashMap<>();

	@BeforeEach
	void logNothing() {
		logger.setLevel(Level.OFF);
	}

	@AfterEach
	void logAgain() {
		logger.setLevel(null);
	}

	@Test
	void removedInstanceIsNotEjectedByAFailingCall() throws Exception {
		Map<Boolean, Long> ghosts = Race.outcomes(() -> {
			ServiceStatistics worker = worker(FOUR);
			call(worker, LEAVING, CallOutcome.NOT_CONNECTED);
			return worker;
		}, (worker) -> call(worker, LEAVING, CallOutcome.NOT_CONNECTED), (worker) -> worker.instances(THREE),
				(worker) -> worker.ejections().out().containsKey(InstanceKey.of(LEAVING)));
		assertThat(ghosts).containsOnlyKeys(false);
	}

	@Test
	void removedInstanceOfATrialIsForgotten() throws Exception {
		Map<Boolean, Long> remembered = Race.outcomes(() -> {
			ServiceStatistics worker = worker(FOUR);
			eject(worker, LEAVING);
			assertThat(worker.tryAgain(InstanceKey.of(LEAVING), later())).isTrue();
			return worker;
		}, (worker) -> worker.end(candidate(worker, LEAVING), CallOutcome.ANSWERED, later(), later()),
				(worker) -> worker.instances(THREE),
				(worker) -> worker.ejections().out().containsKey(InstanceKey.of(LEAVING))
						|| worker.ejections().past().containsKey(InstanceKey.of(LEAVING)));
		assertThat(remembered).containsOnlyKeys(false);
	}

	@Test
	void keepsTheMaximumWhileInstancesAreRemoved() throws Exception {
		Map<Integer, Long> ejected = Race.outcomes(() -> {
			ServiceStatistics worker = worker(FOUR);
			eject(worker, FOUR.get(0));
			call(worker, FOUR.get(1), CallOutcome.NOT_CONNECTED);
			return worker;
		}, (worker) -> call(worker, FOUR.get(1), CallOutcome.NOT_CONNECTED),
				(worker) -> worker.instances(FOUR.subList(0, 2)), (worker) -> worker.ejections().out().size());
		assertThat(ejected).containsOnlyKeys(1);
	}

	@Test
	void keepsTheMaximumWhenTwoFailAtOnce() throws Exception {
		List<ServiceInstance> three = TestStatistics.instances(3);
		Map<Integer, Long> ejected = Race.outcomes(() -> {
			ServiceStatistics worker = worker(three);
			call(worker, three.get(0), CallOutcome.NOT_CONNECTED);
			call(worker, three.get(1), CallOutcome.NOT_CONNECTED);
			return worker;
		}, (worker) -> call(worker, three.get(0), CallOutcome.NOT_CONNECTED),
				(worker) -> call(worker, three.get(1), CallOutcome.NOT_CONNECTED),
				(worker) -> worker.ejections().out().size());
		assertThat(ejected).containsOnlyKeys(1);
	}

	@Test
	void concurrentAnswerPreventsEjectionAsUnresponsive() throws Exception {
		long began = this.balancing.now();
		long now = began + Duration.ofSeconds(20).toNanos();
		Map<Integer, Long> ejected = Race.outcomes(() -> {
			ServiceStatistics worker = worker(FOUR);
			for (int i = 0; i < 5; i++) {
				worker.begin(candidate(worker, FOUR.get(0)), began);
			}
			worker.end(candidate(worker, FOUR.get(1)), CallOutcome.ANSWERED, now, now);
			return worker;
		}, (worker) -> worker.begin(candidate(worker, FOUR.get(0)), now),
				(worker) -> worker.end(candidate(worker, FOUR.get(0)), CallOutcome.ANSWERED, began, now),
				(worker) -> worker.ejections().out().size());
		assertThat(ejected).containsOnlyKeys(0);
	}

	private ServiceStatistics worker(List<ServiceInstance> instances) {
		ServiceStatistics worker = this.balancing.worker();
		worker.instances(instances);
		Map<ServiceInstance, Candidate> candidates = new HashMap<>();
		instances.forEach((instance) -> candidates.put(instance, Candidate.of(instance, worker)));
		this.candidates.put(worker, candidates);
		return worker;
	}

	private Candidate candidate(ServiceStatistics worker, ServiceInstance instance) {
		return this.candidates.get(worker).get(instance);
	}

	private void eject(ServiceStatistics worker, ServiceInstance instance) {
		call(worker, instance, CallOutcome.NOT_CONNECTED);
		assertThat(call(worker, instance, CallOutcome.NOT_CONNECTED)).isTrue();
	}

	private boolean call(ServiceStatistics worker, ServiceInstance instance, CallOutcome outcome) {
		return worker.end(candidate(worker, instance), outcome, this.balancing.now(), this.balancing.now());
	}

	private long later() {
		return this.balancing.now() + Duration.ofSeconds(1).toNanos();
	}

}
