package dev.cloudmap.discovery.registry.cloudmap.call;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Thrown when a call to Cloud Map is not sent because the application has used up its
 * call budget.
 */
public class CallBudgetExceededException extends RegistryUnavailableException {

	private static final long serialVersionUID = 1L;

	CallBudgetExceededException(CloudMapOperation operation) {
		super(operation.apiName() + " was not called: expected no more than " + CallBudget.PER_SECOND
				+ " calls a second and " + CallBudget.BURST
				+ " at once from one application, found more. It is called again later", null);
	}

}
