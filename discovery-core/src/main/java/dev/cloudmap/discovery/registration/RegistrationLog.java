package dev.cloudmap.discovery.registration;

import java.util.Objects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import dev.cloudmap.discovery.registration.RegistrationState.Phase;

/**
 * Logs what users want to know of the registration's changes: each change of the health,
 * with its reason, and that the registry can be reached again. What the application or
 * its operator has decided is no warning.
 */
final class RegistrationLog {

	private static final Logger logger = LoggerFactory.getLogger(RegistrationActor.class);

	private RegistrationLog() {
	}

	/**
	 * The state has changed.
	 * @param before the state so far
	 * @param now the state from now on
	 * @param standing the health of the application
	 */
	static void changed(RegistrationState before, RegistrationState now, Standing standing) {
		boolean samePhase = before.phase() == now.phase();
		boolean shown = now.isHeld() || now.phase() == Phase.WITHDRAWN;
		if (!standing.isHealthy() && shown && !(samePhase && Objects.equals(before.reason(), now.reason()))) {
			logger.atLevel(standing.isDeliberate() ? Level.INFO : Level.WARN)
				.log("This application is {}: {}", describeUnhealthy(now.phase()), now.reason());
		}
		else if (before.problem() != null && now.problem() == null && samePhase) {
			logger.info("The registry can be told again how this application is");
		}
		else if (now.phase() == Phase.REGISTERED && before.phase() == Phase.OUT_OF_SERVICE) {
			logger.info("This application is registered as healthy again");
		}
		else if (standing.isHealthy() && now.phase() == Phase.REGISTERED && samePhase && before.reason() != null
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
