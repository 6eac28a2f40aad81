package dev.cloudmap.discovery.registration;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * The context whose web server is registered: the one that has the registration, or a
 * child of it, as in an application whose parent context is auto-configured. The first
 * web server is registered until its context is closed. Is safe for use by several
 * threads.
 */
public final class ServingContext {

	private final ApplicationContext own;

	private ApplicationContext current;

	/**
	 * Creates the context.
	 * @param own the context that has the registration
	 */
	public ServingContext(ApplicationContext own) {
		this.own = own;
		this.current = own;
	}

	/**
	 * The context: its own as long as no other one serves.
	 */
	public synchronized ApplicationContext get() {
		return this.current;
	}

	/**
	 * A web server of a context listens.
	 * @param context the context
	 * @param registered whether a web server is registered already
	 * @return whether this one is to be registered
	 */
	synchronized boolean accept(ApplicationContext context, boolean registered) {
		if (registered && this.current != context && isOpen(this.current)) {
			return false;
		}
		this.current = context;
		return true;
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
