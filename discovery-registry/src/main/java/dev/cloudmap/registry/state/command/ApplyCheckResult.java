package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the health of an instance to the result of health checks unless the health
 * check of the service was changed in the meantime.
 *
 * @param check the health check
 * @param change the new health
 */
public record ApplyCheckResult(HealthCheck check, ChangeHealth change) implements Command<ChangeHealth.Outcome> {

	@Override
	public ChangeHealth.Outcome apply(WriteTransaction transaction) {
		Service service = transaction.snapshot().service(this.change.key().serviceId()).service();
		return this.check.equals(service.healthCheck()) ? this.change.apply(transaction)
				: ChangeHealth.Outcome.OUTDATED;
	}

}
