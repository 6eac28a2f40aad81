package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the health of an instance, unless it has been registered anew since the caller
 * decided so.
 *
 * @param key its service and id
 * @param registration the registration that the caller has seen
 * @param verdict what the caller found
 */
public record ChangeHealth(InstanceReference key, long registration,
		Verdict verdict) implements Command<ChangeHealth.Outcome> {

	@Override
	public Outcome apply(WriteTransaction transaction) {
		Instance instance = transaction.findInstance(this.key);
		if (instance == null || instance.registration() != this.registration) {
			return Outcome.OUTDATED;
		}
		if (this.verdict == Verdict.EXPIRED) {
			transaction.deregister(instance);
			return Outcome.APPLIED;
		}
		Instance changed = switch (this.verdict) {
			case LAPSED -> instance.lapsed();
			case RENEWED -> instance.renewed();
			case HEALTHY -> instance.reporting(HealthStatus.HEALTHY);
			case UNHEALTHY -> instance.reporting(HealthStatus.UNHEALTHY);
			case EXPIRED -> throw new IllegalStateException("Handled above.");
		};
		if (!changed.equals(instance)) {
			transaction.changeHealth(changed);
		}
		return Outcome.APPLIED;
	}

	/**
	 * What was found of an instance.
	 */
	public enum Verdict {

		/** Someone reported it healthy, or checks found it so. */
		HEALTHY,

		/** Someone reported it unhealthy, or checks found it so. */
		UNHEALTHY,

		/** Its lease ran out. */
		LAPSED,

		/** A lease that had run out was renewed: the instance is there and healthy. */
		RENEWED,

		/** Its lease ran out long ago and nobody renewed it: it is deregistered. */
		EXPIRED

	}

	/**
	 * What became of a command.
	 */
	public enum Outcome {

		/** The verdict counts. */
		APPLIED,

		/** The instance is gone or was registered anew; nothing was changed. */
		OUTDATED

	}

}
