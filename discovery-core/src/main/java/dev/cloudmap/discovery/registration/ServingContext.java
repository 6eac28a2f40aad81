package dev.cloudmap.discovery.registration;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.registration.instance.ServerPort;

/**
 * The context whose web server is registered: the one that has the registration, or a
 * child of it, as in an application whose parent context is auto-configured. The first
 * web server is registered until its context is closed. Thread-safe.
 */
public final class ServingContext {

	private final ApplicationContext own;

	private final ServerPort port;

	private final Predicate<ApplicationContext> hasWebServer;

	private ApplicationContext current;

	/** Contexts whose web servers are not registered. */
	private final Set<ApplicationContext> refused = Collections.newSetFromMap(new WeakHashMap<>());

	/**
	 * Creates the context.
	 * @param own the context that has the registration
	 * @param port the application's port
	 * @param hasWebServer whether a context is one that has a web server
	 */
	public ServingContext(ApplicationContext own, ServerPort port, Predicate<ApplicationContext> hasWebServer) {
		this.own = own;
		this.port = port;
		this.hasWebServer = hasWebServer;
		this.current = own;
	}

	/**
	 * The context: that of the registration until a child's web server listens.
	 */
	public synchronized ApplicationContext get() {
		return this.current;
	}

	/**
	 * The environment of the context, which has the settings of its web server.
	 */
	public Environment environment() {
		return get().getEnvironment();
	}

	/**
	 * Called when a web server of a context listens.
	 * @param context the context
	 * @param port the web server's port
	 * @return whether this one is to be registered
	 */
	public synchronized boolean accept(ApplicationContext context, int port) {
		if (this.port.isListening() && this.current != context && isOpen(this.current)) {
			this.refused.add(context);
			return false;
		}
		this.refused.remove(context);
		this.current = context;
		this.port.listening(port);
		return true;
	}

	/**
	 * Whether an object is a context whose web server is not registered, since another
	 * one is.
	 */
	public synchronized boolean isRefused(Object source) {
		return source instanceof ApplicationContext context && this.refused.contains(context);
	}

	/**
	 * Whether the context that has the registration has a web server of its own.
	 */
	boolean hasOwnWebServer() {
		return this.hasWebServer.test(this.own);
	}

	/**
	 * Whether a context is a child whose web server is registered.
	 */
	synchronized boolean isServingChild(ApplicationContext context) {
		return this.current == context && context != this.own;
	}

	/**
	 * Called when the child whose web server is registered is closed.
	 */
	synchronized void release() {
		this.current = this.own;
		this.port.closed();
	}

	/**
	 * Releases the child whose web server is registered if it {@linkplain #hasFailed has
	 * failed}.
	 */
	synchronized void releaseFailed() {
		if (hasFailed(this.current)) {
			release();
		}
	}

	/**
	 * Whether a context is a child that is no longer active. There is no event for a
	 * child that fails to start after its web server listens.
	 */
	boolean hasFailed(ApplicationContext context) {
		return context != this.own && !isOpen(context);
	}

	/**
	 * The beans of a type in the context and its parents, in order.
	 * @param <T> the type
	 * @param ownBeans those of the context that has the registration, and of its parents
	 * @param type the type
	 */
	public <T> List<T> beans(ObjectProvider<T> ownBeans, ResolvableType type) {
		ApplicationContext context = get();
		ObjectProvider<T> beans = (context == this.own) ? ownBeans : context.getBeanProvider(type);
		return beans.orderedStream().toList();
	}

	private static boolean isOpen(ApplicationContext context) {
		return !(context instanceof ConfigurableApplicationContext configurable) || configurable.isActive();
	}

}
