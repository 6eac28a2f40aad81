package dev.cloudmap.registry.state.snapshot;

import dev.cloudmap.registry.state.model.RegistryException;

/**
 * A change of the registry. Commands run one after another on the writer thread.
 *
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface Command<R> {

	/**
	 * Validates the command and then changes the transaction. Other commands share the
	 * transaction, so a command that throws an exception must not have changed it.
	 * @param transaction the transaction
	 * @return the result
	 * @throws RegistryException when the command is rejected
	 */
	R apply(WriteTransaction transaction);

}
