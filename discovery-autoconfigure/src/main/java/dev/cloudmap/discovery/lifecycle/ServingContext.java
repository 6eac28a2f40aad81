package dev.cloudmap.discovery.lifecycle;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import dev.cloudmap.discovery.registration.ServerPort;

/**
 * The context whose web server is registered: the one that has the registration, or a
 * child of it, as in an application whose parent context is auto-configured. The first
 * web server is registered until its context is closed. Is safe for use by several
 * threads.
 */
public final class ServingContext {

	private static final boolean WEB_SERVERS = ClassUtils.isPresent(
			"org.springframework.boot.web.server.context.WebServerApplicationContext",
			ServingContext.class.getClassLoader());

	private final ApplicationContext own;

	private final ServerPort port;

	private ApplicationContext current;

	/** Contexts whose web servers are not registered. */
	private final Set<ApplicationContext> refused = Collections.newSetFromMap(new WeakHashMap<>());

	/**
	 * Creates the context.
	 * @param own the context that has the registration
	 * @param port the application's port
	 */
	public ServingContext(ApplicationContext own, ServerPort port) {
		this.own = own;
		this.port = port;
		this.current = own;
	}

	/**
	 * The context: its own as long as no other one serves.
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
	 * A web server of a context listens.
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
	synchronized boolean isRefused(Object source) {
		return source instanceof ApplicationContext context && this.refused.contains(context);
	}

	/**
	 * Whether the context that has the registration has a web server of its own.
	 */
	boolean hasOwnWebServer() {
		return WEB_SERVERS && this.own instanceof WebServerApplicationContext;
	}

	/**
	 * Whether a context is a child that serves.
	 */
	synchronized boolean isServingChild(ApplicationContext context) {
		return this.current == context && context != this.own;
	}

	/**
	 * The child that serves is closed.
	 */
	synchronized void release() {
		this.current = this.own;
		this.port.closed();
	}

	/**
	 * Releases the child that serves if it {@linkplain #hasFailed has failed}.
	 */
	synchronized void releaseFailed() {
		if (hasFailed(this.current)) {
			release();
		}
	}

	/**
	 * Whether a context is a child that is not active any more. Of a child that fails to
	 * start after its web server listens, no event says so.
	 */
	boolean hasFailed(ApplicationContext context) {
		return context != this.own && !isOpen(context);
	}

	/**
	 * The beans of a type that the context and its parents have, in their order.
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
