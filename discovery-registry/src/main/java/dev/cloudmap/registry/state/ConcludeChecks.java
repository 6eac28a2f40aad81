package dev.cloudmap.registry.state;

/**
 * Changes the health of an instance to what checks over the network have found, unless
 * its service has had another check since they were made, or none.
 *
 * @param check the check that was carried out
 * @param change what it found
 */
public record ConcludeChecks(HealthCheck check, ChangeHealth change) implements Command<ChangeHealth.Outcome> {

	@Override
	public ChangeHealth.Outcome apply(Draft draft) {
		Service service = draft.service(this.change.key().serviceId());
		return this.check.equals(service.healthCheck()) ? this.change.apply(draft) : ChangeHealth.Outcome.OUTDATED;
	}

}
