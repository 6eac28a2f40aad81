package dev.cloudmap.discovery.registry.cloudmap;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Cloud Map was not called, since this application has called it as often as it may.
 */
public class CallBudgetExceededException extends RegistryUnavailableException {

	private static final long serialVersionUID = 1L;

	private final String operation;

	CallBudgetExceededException(CloudMapOperation operation) {
		super("Cloud Map was not asked for " + operation.apiName() + ": expected no more than "
				+ number(operation.perSecond()) + " calls a second and " + operation.burst()
				+ " at once from one application, found more. It is asked again later", null);
		this.operation = operation.apiName();
	}

	/**
	 * The operation's name in Cloud Map's API.
	 */
	public String getOperation() {
		return this.operation;
	}

	private static String number(double value) {
		return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
	}

}
