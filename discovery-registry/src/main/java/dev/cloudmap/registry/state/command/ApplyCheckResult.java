package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the health of an instance to what checks over the network have found, unless
 * its service has had another check since they were made, or none.
 *
 * @param check the check that was carried out
 * @param change what it found
 */
public record ApplyCheckResult(HealthCheck check, ChangeHealth change) implements Command<ChangeHealth.Outcome> {

	@Override
	public ChangeHealth.Outcome apply(WriteTransaction transaction) {
		Service service = transaction.service(this.change.key().serviceId());
		return this.check.equals(service.healthCheck()) ? this.change.apply(transaction)
				: ChangeHealth.Outcome.OUTDATED;
	}

}
