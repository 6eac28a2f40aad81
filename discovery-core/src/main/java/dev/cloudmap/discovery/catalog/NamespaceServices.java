package dev.cloudmap.discovery.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;

/**
 * The services of all configured namespaces, by the ids by which they are called. A
 * namespace whose services can't be listed does not hide those of the others.
 * Thread-safe.
 */
public final class NamespaceServices implements AutoCloseable {

	private final Namespaces namespaces;

	private final ServiceList own;

	private final List<Further> further;

	/**
	 * Creates the services.
	 * @param namespaces the namespaces
	 * @param own the services of the default namespace
	 * @param further the services of the other namespaces
	 */
	public NamespaceServices(Namespaces namespaces, ServiceList own, List<Further> further) {
		this.namespaces = namespaces;
		this.own = own;
		this.further = List.copyOf(further);
	}

	/**
	 * The services of one namespace.
	 */
	public static NamespaceServices of(Namespace namespace, ServiceList services) {
		return new NamespaceServices(Namespaces.of(namespace), services, List.of());
	}

	/**
	 * Returns the ids of the services that have instances: first those of the default
	 * namespace by their names, then the others by their full names.
	 * @return the ids, without services that have none; fails only if the services of the
	 * default namespace are not known and no other service is
	 */
	public CompletableFuture<List<String>> ids() {
		CompletableFuture<List<String>> others = CompletableFuture.completedFuture(List.of());
		for (Further namespace : this.further) {
			others = others.thenCombine(namespace.services().names().exceptionally((failure) -> List.of()),
					(ids, names) -> union(ids, this.namespaces.serviceIds(namespace.namespace(), names)));
		}
		CompletableFuture<List<String>> own = this.own.names()
			.thenApply((names) -> this.namespaces.serviceIds(this.namespaces.byDefault(), names));
		return others.thenCompose((found) -> found.isEmpty() ? own
				: own.exceptionally((failure) -> List.of()).thenApply((ids) -> union(ids, found)));
	}

	private static List<String> union(List<String> some, List<String> others) {
		List<String> union = new ArrayList<>(some);
		union.addAll(others);
		return List.copyOf(union);
	}

	/**
	 * Subscribes to updates of all namespaces.
	 * @param follower as for {@link ServiceList#follow}
	 */
	public void follow(Consumer<ServiceList.Update> follower) {
		this.own.follow(follower);
		this.further.forEach((namespace) -> namespace.services().follow(follower));
	}

	/**
	 * Closes the lists of the other namespaces.
	 */
	@Override
	public void close() {
		this.further.forEach((namespace) -> namespace.services().close());
	}

	/**
	 * A namespace besides the default one.
	 *
	 * @param namespace the namespace
	 * @param services its services
	 */
	public record Further(Namespace namespace, ServiceList services) {
	}

}
