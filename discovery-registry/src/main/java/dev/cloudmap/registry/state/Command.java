package dev.cloudmap.registry.state;

/**
 * A change that is asked of the registry. Commands run one after another on the writer
 * thread.
 *
 * @param <R> what the caller gets
 */
@FunctionalInterface
public interface Command<R> {

	/**
	 * Checks everything and then changes the draft; a command that throws must not have
	 * changed anything, for others share the draft.
	 * @param draft the next snapshot in the making
	 * @return what the caller gets
	 * @throws RegistryException when the command is refused
	 */
	R apply(Draft draft);

}
