package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the health of an instance unless it was registered again in the meantime.
 *
 * @param key the instance
 * @param registration the registration of the instance
 * @param verdict the new health
 */
public record ChangeHealth(InstanceReference key, long registration,
		Verdict verdict) implements Command<ChangeHealth.Outcome> {

	@Override
	public Outcome apply(WriteTransaction transaction) {
		Instance instance = transaction.snapshot().findInstance(this.key);
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
	 * The new health of an instance.
	 */
	public enum Verdict {

		/** A client reported it healthy, or health checks succeeded. */
		HEALTHY,

		/** A client reported it unhealthy, or health checks failed. */
		UNHEALTHY,

		/** Its lease has expired. */
		LAPSED,

		/** Its expired lease was renewed; the instance is healthy. */
		RENEWED,

		/** Its lease expired long ago: the instance is deregistered. */
		EXPIRED

	}

	/**
	 * The result of the command.
	 */
	public enum Outcome {

		/** The health was changed, or was the same. */
		APPLIED,

		/** The instance was deregistered or registered again; nothing was changed. */
		OUTDATED

	}

}
