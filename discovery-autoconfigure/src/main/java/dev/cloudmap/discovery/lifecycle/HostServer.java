package dev.cloudmap.discovery.lifecycle;

/**
 * The server that this application is deployed to. An application that starts its own web
 * server has none.
 */
public interface HostServer {

	/** For an application that starts its own web server. */
	HostServer NONE = Runnable::run;

	/**
	 * Runs an action when the server accepts requests: at once if it does already, later
	 * and on another thread if it is still starting. The action is not run if the
	 * application stops before that.
	 * @param action the action
	 */
	void whenServing(Runnable action);

}
