package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesResponse;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.FoundNamespace.DiscoveryTarget;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers.Page;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.LIST_NAMESPACES;

/**
 * Finds the namespace for a name. Cloud Map allows several namespaces of the same name:
 * one for each VPC, a public one and one without DNS. The directory caches a namespace
 * until a call shows that it no longer exists.
 */
final class NamespaceDirectory {

	/** The number of cached names from which names without a namespace are evicted. */
	static final int MAX_ENTRIES = 1000;

	/** The delay before another lookup of a namespace that was missing or ambiguous. */
	static final Duration RETRY = Duration.ofSeconds(30);

	/** The delay before another lookup after the registry denied it. */
	static final Duration REFUSED_RETRY = Duration.ofMinutes(10);

	private static final Logger logger = LoggerFactory.getLogger(NamespaceDirectory.class);

	private final CloudMapCalls calls;

	private final NamespaceChoice choice;

	private final NamespaceSelector selector;

	private final Timer timer;

	private final Map<Namespace, Entry> entries = new ConcurrentHashMap<>();

	NamespaceDirectory(CloudMapCalls calls, NamespaceChoice choice, HostedZones hostedZones, Timer timer) {
		this.calls = calls;
		this.choice = choice;
		this.selector = new NamespaceSelector(choice, hostedZones);
		this.timer = timer;
	}

	/**
	 * Returns the namespace for a name, or empty if there is none.
	 * @throws DiscoveryException if there are several namespaces and the choice selects
	 * none
	 */
	Optional<FoundNamespace> find(Namespace namespace) {
		Entry entry = entry(namespace);
		Finding known = entry.finding;
		Finding finding = (known.chosen() != null) ? known : look(namespace, entry);
		if (finding.failure() != null) {
			throw finding.failure();
		}
		return Optional.ofNullable(finding.chosen());
	}

	/**
	 * Returns the namespace for lookups of instances. It has the plain name of the
	 * namespace if the application may not list namespaces. It also has the plain name if
	 * the registry is unavailable, unless the user configured a choice.
	 * @return the namespace; empty if no namespace of the name is the one to use
	 * @throws DiscoveryException if there are several namespaces and the choice selects
	 * none
	 */
	Optional<DiscoveryTarget> target(Namespace namespace) {
		Entry entry = entry(namespace);
		Finding finding = entry.finding;
		if (finding.chosen() == null && !this.timer.steady().isBefore(finding.lookAgain())) {
			finding = look(namespace, entry);
		}
		if (finding.failure() != null && !finding.plainName()) {
			throw finding.failure();
		}
		return finding.target(namespace, this.choice);
	}

	/**
	 * Returns whether DNS may return records of another namespace of the same name. While
	 * the namespaces of the name are unknown, this is true if the choice is binding.
	 */
	boolean hasNamesakes(Namespace namespace) {
		Entry entry = this.entries.get(namespace);
		return (entry != null) ? entry.finding.namesakes() : this.choice.isBinding();
	}

	/**
	 * Returns a description of the namespaces of the name that the choice excludes, for a
	 * message, or an empty text if there are none.
	 */
	String rejected(Namespace namespace) {
		return entry(namespace).finding.rejected();
	}

	/**
	 * Returns the cached namespace, or empty if none is cached.
	 */
	Optional<FoundNamespace> remembered(Namespace namespace) {
		return Optional.ofNullable(this.entries.get(namespace)).map((entry) -> entry.finding.chosen());
	}

	/**
	 * Removes a namespace from the cache, because it was deleted or created in the
	 * registry. The result of a lookup in progress is discarded.
	 */
	void forget(Namespace namespace) {
		this.entries.computeIfPresent(namespace, (name, entry) -> unknown(entry.finding.namesakes()));
	}

	private Entry entry(Namespace namespace) {
		if (this.entries.size() >= MAX_ENTRIES && !this.entries.containsKey(namespace)) {
			// callers may look up arbitrary names
			this.entries.values().removeIf((entry) -> entry.finding.chosen() == null && entry.look.get() == null);
		}
		return this.entries.computeIfAbsent(namespace, (name) -> unknown(false));
	}

	private Entry unknown(boolean namesakes) {
		return new Entry(new Finding(null, namesakes || this.choice.isBinding(), "", null, false, Instant.MIN));
	}

	/**
	 * Looks up the namespace in the registry, or waits for a lookup in progress in
	 * another thread.
	 */
	private Finding look(Namespace namespace, Entry entry) {
		CompletableFuture<Finding> own = new CompletableFuture<>();
		CompletableFuture<Finding> running = entry.look.compareAndExchange(null, own);
		if (running != null) {
			return Futures.join(running);
		}
		try {
			Finding finding = ask(namespace, entry.finding);
			entry.finding = finding;
			own.complete(finding);
			return finding;
		}
		catch (RuntimeException | Error ex) {
			own.completeExceptionally(ex);
			throw ex;
		}
		finally {
			entry.look.set(null);
		}
	}

	private Finding ask(Namespace namespace, Finding previous) {
		List<NamespaceSummary> candidates;
		List<NamespaceSummary> eligible;
		try {
			candidates = list(namespace);
			eligible = this.selector.requiresOwn(candidates) ? own(namespace, candidates) : candidates;
		}
		catch (RegistryUnavailableException ex) {
			logger.debug("The namespaces named {} can't be listed for now", namespace, ex);
			return previous.failed(ex, !this.choice.isMade(), this.choice.isMade() ? Instant.MIN : in(RETRY));
		}
		catch (DiscoveryException ex) {
			if (previous.failure() == null || previous.failure().getClass() != ex.getClass()) {
				logger.info("Namespace {} is looked up by its name, since namespaces can't be listed: {}", namespace,
						ex.getMessage());
			}
			return previous.failed(ex, true, in(REFUSED_RETRY));
		}
		boolean several = candidates.size() > 1;
		try {
			FoundNamespace chosen = this.selector.select(namespace, eligible);
			if (chosen != null && several) {
				logger.info("Of {} namespaces named '{}' {} is used", candidates.size(), namespace,
						NamespaceSelector.describe(chosen));
			}
			boolean rejected = chosen == null && !candidates.isEmpty();
			return new Finding(chosen, several || rejected, rejected ? NamespaceSelector.describe(candidates) : "",
					null, false, in(RETRY));
		}
		catch (DiscoveryException ex) {
			return new Finding(null, several, "", ex, false, in(RETRY));
		}
	}

	private Instant in(Duration delay) {
		return this.timer.steady().plus(delay);
	}

	/**
	 * Returns the candidates of the caller's own account; all candidates if it has none.
	 */
	private List<NamespaceSummary> own(Namespace namespace, List<NamespaceSummary> candidates) {
		List<NamespaceSummary> own = list(namespace, filter(NamespaceFilterName.RESOURCE_OWNER, "SELF"));
		return own.isEmpty() ? candidates : own;
	}

	private static NamespaceFilter filter(NamespaceFilterName name, String value) {
		return NamespaceFilter.builder().name(name).condition(FilterCondition.EQ).values(value).build();
	}

	private List<NamespaceSummary> list(Namespace namespace, NamespaceFilter... further) {
		List<NamespaceFilter> filters = new ArrayList<>(List.of(further));
		filters.add(filter(NamespaceFilterName.NAME, namespace.name()));
		Answers answers = this.calls.answers();
		return answers.collect(LIST_NAMESPACES, (token) -> {
			ListNamespacesResponse page = this.calls.call(LIST_NAMESPACES,
					(client) -> client.listNamespaces((request) -> request.filters(filters).nextToken(token)));
			List<NamespaceSummary> namespaces = answers.requireList(LIST_NAMESPACES, "Namespaces", page.hasNamespaces(),
					page.namespaces(), Answers.MAX_LISTED);
			return new Page<>(namespaces.stream()
				.map(this::checked)
				.filter((candidate) -> candidate.name().equals(namespace.name()))
				.toList(), page.nextToken());
		});
	}

	private NamespaceSummary checked(@Nullable NamespaceSummary namespace) {
		Answers answers = this.calls.answers();
		NamespaceSummary found = answers.require(LIST_NAMESPACES, "Namespaces[]", namespace);
		answers.requireText(LIST_NAMESPACES, "Namespaces[].Id", found.id());
		answers.requireText(LIST_NAMESPACES, "Namespaces[].Name", found.name());
		return found;
	}

	/**
	 * The last finding about a name, and the lookup in progress.
	 */
	private static final class Entry {

		private final AtomicReference<@Nullable CompletableFuture<Finding>> look = new AtomicReference<>();

		private volatile Finding finding;

		private Entry(Finding finding) {
			this.finding = finding;
		}

	}

	/**
	 * The result of a lookup of a name.
	 *
	 * @param chosen the namespace to use; null if there is none or it is unknown
	 * @param namesakes whether DNS may return records of another namespace
	 * @param rejected a description of the excluded namespaces, for a message
	 * @param failure the failure of the lookup; null if it succeeded or none was made
	 * @param plainName whether lookups of instances use the plain name despite the
	 * failure
	 * @param lookAgain the time from which a missing namespace is looked up again
	 */
	private record Finding(@Nullable FoundNamespace chosen, boolean namesakes, String rejected,
			@Nullable DiscoveryException failure, boolean plainName, Instant lookAgain) {

		private Finding failed(DiscoveryException ex, boolean plainName, Instant until) {
			return new Finding(null, this.namesakes, "", ex, plainName, until);
		}

		private Optional<DiscoveryTarget> target(Namespace namespace, NamespaceChoice choice) {
			if (this.chosen != null) {
				return Optional.of(this.chosen.target());
			}
			// whether the account has a namespace of the name is unknown after a failure
			// only
			String owner = (this.failure != null) ? choice.onlyOwner() : null;
			return this.rejected.isEmpty() ? Optional.of(new DiscoveryTarget(namespace.name(), owner))
					: Optional.empty();
		}

	}

}
