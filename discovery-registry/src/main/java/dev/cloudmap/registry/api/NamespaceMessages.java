package dev.cloudmap.registry.api;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.TagMessages.Tag;

/**
 * What is said about namespaces.
 */
final class NamespaceMessages {

	private NamespaceMessages() {
	}

	record CreateHttpNamespace(
			@Required @Length(max = Patterns.MAX_NAMESPACE_NAME) @Matches(Patterns.HTTP_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags) {
	}

	record CreatePrivateDnsNamespace(
			@Required @Length(
					max = Patterns.MAX_DNS_NAMESPACE_NAME) @Matches(Patterns.PRIVATE_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String vpc,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags, @Nullable DnsNamespaceProperties properties) {
	}

	record CreatePublicDnsNamespace(
			@Required @Length(
					max = Patterns.MAX_DNS_NAMESPACE_NAME) @Matches(Patterns.PUBLIC_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags, @Nullable DnsNamespaceProperties properties) {
	}

	record DnsNamespaceProperties(@Required MutableDnsProperties dnsProperties) {
	}

	record MutableDnsProperties(@Required @JsonProperty("SOA") Soa soa) {
	}

	record Soa(@Required @Range(min = 0, max = Integer.MAX_VALUE) @JsonProperty("TTL") Long ttl) {
	}

	record GetNamespace(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	record ListNamespaces(@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Nullable List<NamespaceFilter> filters) {
	}

	record NamespaceFilter(@Required @OneOf(NamespaceFilterName.class) String name,
			@Required @Length(min = 1) List<@Length(min = 1, max = Patterns.MAX_FILTER_VALUE) String> values,
			@OneOf(Filters.Condition.class) @Nullable String condition) {
	}

	enum NamespaceFilterName {

		TYPE, NAME, HTTP_NAME, RESOURCE_OWNER

	}

	record DeleteNamespace(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	record UpdateHttpNamespace(@Required @Length(max = Patterns.MAX_ARN) String id,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String updaterRequestId,
			@Required HttpNamespaceChange namespace) {
	}

	record HttpNamespaceChange(@Required @Length(max = Patterns.MAX_DESCRIPTION) String description) {
	}

	/** The same for private and for public DNS namespaces. */
	record UpdateDnsNamespace(@Required @Length(max = Patterns.MAX_ARN) String id,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String updaterRequestId,
			@Required DnsNamespaceChange namespace) {
	}

	record DnsNamespaceChange(@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Nullable DnsNamespaceProperties properties) {
	}

	record NamespaceAnswer(NamespaceDetail namespace) {
	}

	record NamespacePage(List<NamespaceDetail> namespaces, @Nullable String nextToken) {
	}

	record NamespaceDetail(String id, String arn, String resourceOwner, String name, String type,
			@Nullable String description, int serviceCount, NamespaceProperties properties, Instant createDate,
			@Nullable String creatorRequestId) {
	}

	record NamespaceProperties(DnsProperties dnsProperties, HttpProperties httpProperties) {
	}

	/** Of an HTTP namespace it has an SOA with nothing in it, as AWS answers. */
	record DnsProperties(@Nullable String hostedZoneId, @JsonProperty("SOA") SoaDetail soa) {
	}

	record SoaDetail(@JsonProperty("TTL") @Nullable Long ttl) {
	}

	record HttpProperties(String httpName) {
	}

}
