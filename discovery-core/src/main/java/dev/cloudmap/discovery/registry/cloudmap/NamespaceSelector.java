package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.servicediscovery.model.DnsProperties;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceProperties;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;

/**
 * Selects one of several namespaces of the same name.
 *
 * @param choice the configured choice
 * @param hostedZones looks up the VPCs of private DNS namespaces
 */
record NamespaceSelector(NamespaceChoice choice, HostedZones hostedZones) {

	private static final Logger logger = LoggerFactory.getLogger(NamespaceSelector.class);

	/**
	 * Returns whether the candidates are reduced to those of the caller's own account:
	 * several accounts have the name, and no id or ARN selects a namespace.
	 */
	boolean requiresOwn(List<NamespaceSummary> candidates) {
		return owners(candidates) > 1 && candidates.stream().noneMatch(this.choice::selects);
	}

	private static long owners(List<NamespaceSummary> namespaces) {
		return namespaces.stream().map(NamespaceSummary::resourceOwner).filter(Objects::nonNull).distinct().count();
	}

	/**
	 * Selects a namespace.
	 * @return the namespace; null if there is none, or none in the required VPC
	 * @throws DiscoveryException if there are several and the choice selects none
	 */
	@Nullable FoundNamespace select(Namespace namespace, List<NamespaceSummary> candidates) {
		NamespaceSummary selected = choose(namespace, candidates);
		return (selected != null) ? new FoundNamespace(selected, this.choice.ownerOf(selected)) : null;
	}

	private @Nullable NamespaceSummary choose(Namespace namespace, List<NamespaceSummary> candidates) {
		List<NamespaceSummary> byId = candidates.stream().filter(this.choice::selects).toList();
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
	 * Returns the only candidate, or null if there is none.
	 * @param flaw the reason why the VPCs of the candidates are unknown; null if they are
	 * known or irrelevant
	 * @throws DiscoveryException if there are several candidates
	 */
	private @Nullable NamespaceSummary only(Namespace namespace, List<NamespaceSummary> candidates,
			@Nullable String flaw) {
		if (candidates.size() > 1) {
			throw new DiscoveryException(
					"There are " + candidates.size() + " namespaces named '" + namespace + "': " + describe(candidates)
							+ ((flaw != null) ? ". Their VPCs are not known, since " + flaw : ""),
					"Set discovery.cloud-map.namespace-ids to the " + ((owners(candidates) > 1) ? "ARN" : "id")
							+ " of the one to use" + ((flaw != null) ? ", or allow route53:GetHostedZone"
									: ", or discovery.cloud-map.vpc to the VPC of a private one"),
					null);
		}
		return candidates.isEmpty() ? null : candidates.get(0);
	}

	/**
	 * Describes namespaces for a message: by their ids, or by their ARNs if they belong
	 * to several accounts.
	 */
	static String describe(List<NamespaceSummary> namespaces) {
		boolean shared = owners(namespaces) > 1;
		return namespaces.stream()
			.map((namespace) -> describe(namespace,
					(shared && namespace.arn() != null) ? namespace.arn() : namespace.id()))
			.collect(Collectors.joining(", "));
	}

	/**
	 * Describes a namespace for a message.
	 */
	static String describe(FoundNamespace namespace) {
		return describe(namespace.summary(), namespace.reference());
	}

	private static String describe(NamespaceSummary namespace, String reference) {
		return reference + " (" + namespace.typeAsString() + ", HTTP name " + FoundNamespace.httpName(namespace) + ")";
	}

}
