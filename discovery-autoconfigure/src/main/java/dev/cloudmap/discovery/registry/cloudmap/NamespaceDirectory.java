package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.servicediscovery.model.DnsProperties;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.HttpProperties;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesResponse;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceProperties;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.thread.Timer;

import static dev.cloudmap.discovery.registry.cloudmap.CloudMapOperation.LIST_NAMESPACES;

/**
 * Finds the namespace that a name means. Cloud Map allows several of the same name: one
 * for each VPC, a public one and one without DNS. The namespace that is found is
 * remembered until it turns out to be gone.
 */
final class NamespaceDirectory {

	/** When to look again for a namespace that was not found, or not alone. */
	static final Duration RETRY = Duration.ofSeconds(30);

	/** When to ask again whether namespaces may be listed. */
	static final Duration REFUSED_RETRY = Duration.ofMinutes(10);

	private static final Logger logger = LoggerFactory.getLogger(NamespaceDirectory.class);

	private final CloudMapCalls calls;

	private final NamespaceChoice choice;

	private final HostedZones hostedZones;

	private final Timer timer;

	private final Map<Namespace, Entry> entries = new ConcurrentHashMap<>();

	NamespaceDirectory(CloudMapCalls calls, NamespaceChoice choice, HostedZones hostedZones, Timer timer) {
		this.calls = calls;
		this.choice = choice;
		this.hostedZones = hostedZones;
		this.timer = timer;
	}

	/**
	 * The namespace that a name means; empty if there is none.
	 * @throws DiscoveryException if there are several and nothing chooses one
	 */
	Optional<NamespaceSummary> find(Namespace namespace) {
		Entry entry = entry(namespace);
		synchronized (entry) {
			return Optional.ofNullable((entry.found != null) ? entry.found : look(namespace, entry));
		}
	}

	/**
	 * The name by which instances of a namespace are looked up. Where namespaces may not
	 * be listed it is the namespace's own name; where they can't be listed at the moment,
	 * too, unless the user has chosen among several.
	 * @return the name; empty if no namespace of the name is the one to use
	 * @throws DiscoveryException if there are several and nothing chooses one
	 */
	Optional<String> httpName(Namespace namespace) {
		Entry entry = entry(namespace);
		int looks = entry.looks.get();
		synchronized (entry) {
			// a thread that has waited for another one's call fails as that one did
			boolean failedMeanwhile = entry.failure != null && entry.looks.get() != looks;
			if (entry.found == null && !failedMeanwhile && !this.timer.steady().isBefore(entry.lookAgain)) {
				lookForLookup(namespace, entry);
			}
			if (entry.failure != null) {
				throw entry.failure;
			}
			return entry.httpName(namespace);
		}
	}

	private void lookForLookup(Namespace namespace, Entry entry) {
		try {
			look(namespace, entry);
		}
		catch (RegistryUnavailableException ex) {
			if (this.choice.isMade()) {
				entry.failure = ex;
			}
			else {
				logger.debug("Namespace {} is looked up by its name for now", namespace, ex);
				entry.lookAgain = this.timer.steady().plus(RETRY);
			}
		}
		catch (DiscoveryException ex) {
			if (entry.failure == null) {
				logger.info("Namespace {} is looked up by its name, since namespaces can't be listed: {}", namespace,
						ex.getMessage());
				entry.lookAgain = this.timer.steady().plus(REFUSED_RETRY);
			}
		}
	}

	/**
	 * Whether there is known to be more than one namespace of the name.
	 */
	boolean hasNamesakes(Namespace namespace) {
		Entry entry = this.entries.get(namespace);
		return entry != null && entry.namesakes;
	}

	/**
	 * What exists of that name, though it is not the namespace to use, for a message;
	 * empty if nothing does.
	 */
	String rejected(Namespace namespace) {
		Entry entry = entry(namespace);
		synchronized (entry) {
			return entry.rejected;
		}
	}

	/**
	 * Whether a namespace is remembered.
	 */
	boolean isRemembered(Namespace namespace) {
		Entry entry = this.entries.get(namespace);
		return entry != null && entry.found != null;
	}

	/**
	 * Forgets a namespace: the registry no longer knows it.
	 */
	void forget(Namespace namespace) {
		this.entries.remove(namespace);
	}

	private Entry entry(Namespace namespace) {
		return this.entries.computeIfAbsent(namespace, (name) -> new Entry());
	}

	private @Nullable NamespaceSummary look(Namespace namespace, Entry entry) {
		entry.failure = null;
		entry.rejected = "";
		try {
			List<NamespaceSummary> candidates = list(namespace);
			entry.lookAgain = this.timer.steady().plus(RETRY);
			return choose(namespace, candidates, entry);
		}
		finally {
			entry.looks.incrementAndGet();
		}
	}

	private @Nullable NamespaceSummary choose(Namespace namespace, List<NamespaceSummary> candidates, Entry entry) {
		entry.namesakes = candidates.size() > 1;
		try {
			NamespaceSummary chosen = choose(namespace, candidates);
			entry.found = chosen;
			if (chosen == null) {
				entry.rejected = describe(candidates);
			}
			else if (entry.namesakes) {
				logger.info("Of {} namespaces named '{}' {} is used", candidates.size(), namespace, describe(chosen));
			}
			return chosen;
		}
		catch (DiscoveryException ex) {
			entry.failure = ex;
			throw ex;
		}
	}

	private List<NamespaceSummary> list(Namespace namespace) {
		NamespaceFilter byName = NamespaceFilter.builder()
			.name(NamespaceFilterName.NAME)
			.condition(FilterCondition.EQ)
			.values(namespace.name())
			.build();
		List<NamespaceSummary> found = new ArrayList<>();
		String next = null;
		do {
			String token = next;
			ListNamespacesResponse page = this.calls.call(LIST_NAMESPACES,
					(client) -> client.listNamespaces((request) -> request.filters(byName).nextToken(token)));
			page.namespaces()
				.stream()
				.filter((candidate) -> candidate.name().equals(namespace.name()))
				.forEach(found::add);
			next = page.nextToken();
		}
		while (next != null && !next.isEmpty());
		return found;
	}

	private @Nullable NamespaceSummary choose(Namespace namespace, List<NamespaceSummary> candidates) {
		List<NamespaceSummary> byId = candidates.stream()
			.filter((candidate) -> this.choice.ids()
				.stream()
				.anyMatch((id) -> id.equals(candidate.id()) || id.equals(candidate.arn())))
			.toList();
		if (byId.size() == 1) {
			return byId.get(0);
		}
		if (byId.isEmpty() && this.choice.vpc() != null) {
			return chooseByVpc(namespace, candidates, this.choice.vpc());
		}
		return only(namespace, candidates, null);
	}

	private @Nullable NamespaceSummary chooseByVpc(Namespace namespace, List<NamespaceSummary> candidates, String vpc) {
		if (candidates.size() == 1 && this.choice.strictness() == Strictness.PREFERRED) {
			return candidates.get(0);
		}
		List<NamespaceSummary> others = new ArrayList<>();
		String flaw = null;
		for (NamespaceSummary candidate : candidates) {
			if (candidate.type() != NamespaceType.DNS_PRIVATE) {
				others.add(candidate);
				continue;
			}
			try {
				if (this.hostedZones.vpcs(hostedZoneId(candidate)).contains(vpc)) {
					return candidate;
				}
			}
			catch (IOException ex) {
				flaw = ex.getMessage();
			}
		}
		if (flaw == null) {
			return only(namespace, (this.choice.strictness() == Strictness.REQUIRED) ? others : candidates, null);
		}
		if (candidates.size() == 1) {
			logger.warn("Namespace {} is used without knowing whether it is in VPC {}: {}", describe(candidates), vpc,
					flaw);
		}
		return only(namespace, candidates, flaw);
	}

	private static String hostedZoneId(NamespaceSummary namespace) throws IOException {
		return Optional.ofNullable(namespace.properties())
			.map(NamespaceProperties::dnsProperties)
			.map(DnsProperties::hostedZoneId)
			.orElseThrow(() -> new IOException(namespace.id() + " has no hosted zone"));
	}

	/**
	 * The only candidate; null if there is none.
	 * @param flaw why the VPCs of candidates are not known; null if that is no matter
	 */
	private @Nullable NamespaceSummary only(Namespace namespace, List<NamespaceSummary> candidates,
			@Nullable String flaw) {
		if (candidates.size() > 1) {
			throw new DiscoveryException(
					"There are " + candidates.size() + " namespaces named '" + namespace + "': " + describe(candidates)
							+ ((flaw != null) ? ". Their VPCs are not known, since " + flaw : ""),
					"Set discovery.cloud-map.namespace-ids to the id of the one to use"
							+ ((flaw != null) ? ", or allow route53:GetHostedZone"
									: ", or discovery.cloud-map.vpc to the VPC of a private one"),
					null);
		}
		return candidates.isEmpty() ? null : candidates.get(0);
	}

	private static String describe(List<NamespaceSummary> namespaces) {
		return namespaces.stream().map(NamespaceDirectory::describe).collect(Collectors.joining(", "));
	}

	private static String describe(NamespaceSummary namespace) {
		return namespace.id() + " (" + namespace.typeAsString() + ", HTTP name "
				+ httpName(namespace).orElse(namespace.name()) + ")";
	}

	private static Optional<String> httpName(NamespaceSummary namespace) {
		return Optional.ofNullable(namespace.properties())
			.map(NamespaceProperties::httpProperties)
			.map(HttpProperties::httpName);
	}

	/**
	 * What is known of a name.
	 */
	private static final class Entry {

		private volatile @Nullable NamespaceSummary found;

		private volatile boolean namesakes;

		/** How often it was looked for, successfully or not. */
		private final AtomicInteger looks = new AtomicInteger();

		/** What lookups fail with until it is looked for again. */
		private @Nullable DiscoveryException failure;

		private String rejected = "";

		private Instant lookAgain = Instant.MIN;

		private Optional<String> httpName(Namespace namespace) {
			NamespaceSummary known = this.found;
			if (known != null) {
				return Optional.of(NamespaceDirectory.httpName(known).orElse(namespace.name()));
			}
			return this.rejected.isEmpty() ? Optional.of(namespace.name()) : Optional.empty();
		}

	}

}
