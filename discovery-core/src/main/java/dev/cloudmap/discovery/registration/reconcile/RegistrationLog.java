package dev.cloudmap.discovery.registration.reconcile;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

/**
 * Logs changes of the registration: each change of the health with its reason, each cause
 * of a failure once, and recovery. Decisions of the application or its operator are no
 * warnings. Is used by one thread at a time.
 */
final class RegistrationLog {

	/** So many causes are logged until an action succeeds. */
	private static final int MAX_CAUSES = 20;

	private static final Logger logger = LoggerFactory.getLogger(RegistrationReconciler.class);

	/** The causes that were logged since the last success. */
	private final Set<String> causes = new HashSet<>();

	/**
	 * Logs the cause of a failure, unless it was logged since the last success.
	 * @param what what has failed
	 * @param cause the cause
	 * @param failure the failure, logged with its stack trace if it is unexpected
	 */
	void failed(String what, String cause, Throwable failure) {
		if (this.causes.size() < MAX_CAUSES && this.causes.add(cause)) {
			logger.warn("{}. It will be tried again: {}", what, cause,
					(failure instanceof DiscoveryException) ? null : failure);
		}
	}

	void nothingToRegister(String obstacle, @Nullable String before) {
		if (!obstacle.equals(before)) {
			logger.warn("{}", obstacle);
		}
	}

	/**
	 * The registry holds what is desired.
	 */
	void succeeded() {
		this.causes.clear();
	}

	/**
	 * The state has changed.
	 * @param before the state so far
	 * @param now the state from now on
	 * @param health the health of the application
	 */
	void changed(RegistrationState before, RegistrationState now, ReportedHealth health) {
		boolean samePhase = before.phase() == now.phase();
		boolean shown = now.isHeld() || now.phase() == Phase.WITHDRAWN;
		if (!health.isHealthy() && shown && !(samePhase && Objects.equals(before.reason(), now.reason()))) {
			logger.atLevel(health.isDeliberate() ? Level.INFO : Level.WARN)
				.log("This application is {}: {}", describeUnhealthy(now.phase()), now.reason());
		}
		else if (before.problem() != null && now.problem() == null && samePhase) {
			logger.info("The registry accepts updates of this application again");
		}
		else if (now.phase() == Phase.REGISTERED && before.phase() == Phase.OUT_OF_SERVICE) {
			logger.info("This application is registered as healthy again");
		}
		else if (health.isHealthy() && now.phase() == Phase.REGISTERED && samePhase && before.reason() != null
				&& now.reason() == null) {
			logger.info("This application is healthy again");
		}
	}

	private static String describeUnhealthy(Phase phase) {
		return switch (phase) {
			case WITHDRAWN -> "deregistered until it is healthy";
			case OUT_OF_SERVICE -> "registered as unhealthy";
			default -> "not healthy";
		};
	}

}
