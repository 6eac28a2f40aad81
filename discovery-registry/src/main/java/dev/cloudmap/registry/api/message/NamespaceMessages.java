package dev.cloudmap.registry.api.message;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.TagMessages.Tag;

/**
 * The requests and responses on namespaces.
 */
public final class NamespaceMessages {

	private NamespaceMessages() {
	}

	public record CreateHttpNamespace(
			@Required @Length(max = Patterns.MAX_NAMESPACE_NAME) @Matches(Patterns.HTTP_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags) {
	}

	public record CreatePrivateDnsNamespace(
			@Required @Length(
					max = Patterns.MAX_DNS_NAMESPACE_NAME) @Matches(Patterns.PRIVATE_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String vpc,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags, @Nullable DnsNamespaceProperties properties) {
	}

	public record CreatePublicDnsNamespace(
			@Required @Length(
					max = Patterns.MAX_DNS_NAMESPACE_NAME) @Matches(Patterns.PUBLIC_NAMESPACE_NAME) String name,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags, @Nullable DnsNamespaceProperties properties) {
	}

	public record DnsNamespaceProperties(@Required MutableDnsProperties dnsProperties) {
	}

	public record MutableDnsProperties(@Required @JsonProperty("SOA") Soa soa) {
	}

	public record Soa(@Required @Range(min = 0, max = Integer.MAX_VALUE) @JsonProperty("TTL") Long ttl) {
	}

	public record GetNamespace(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	public record ListNamespaces(@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Nullable List<NamespaceFilter> filters) {
	}

	public record NamespaceFilter(@Required @OneOf(NamespaceFilterName.class) String name,
			@Required @Length(min = 1) List<@Length(min = 1, max = Patterns.MAX_FILTER_VALUE) String> values,
			@OneOf(FilterCondition.class) @Nullable String condition) {
	}

	public enum NamespaceFilterName {

		TYPE, NAME, HTTP_NAME, RESOURCE_OWNER

	}

	public record DeleteNamespace(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	public record UpdateHttpNamespace(@Required @Length(max = Patterns.MAX_ARN) String id,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String updaterRequestId,
			@Required HttpNamespaceChange namespace) {
	}

	public record HttpNamespaceChange(@Required @Length(max = Patterns.MAX_DESCRIPTION) String description) {
	}

	/** The same for private and for public DNS namespaces. */
	public record UpdateDnsNamespace(@Required @Length(max = Patterns.MAX_ARN) String id,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String updaterRequestId,
			@Required DnsNamespaceChange namespace) {
	}

	public record DnsNamespaceChange(@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Nullable DnsNamespaceProperties properties) {
	}

	public record NamespaceAnswer(NamespaceDetail namespace) {
	}

	public record NamespacePage(List<NamespaceDetail> namespaces, @Nullable String nextToken) {
	}

	public record NamespaceDetail(String id, String arn, String resourceOwner, String name, String type,
			@Nullable String description, int serviceCount, NamespaceProperties properties, Instant createDate,
			@Nullable String creatorRequestId) {
	}

	public record NamespaceProperties(DnsProperties dnsProperties, HttpProperties httpProperties) {
	}

	/** Of an HTTP namespace it has an SOA with nothing in it, as AWS answers. */
	public record DnsProperties(@Nullable String hostedZoneId, @JsonProperty("SOA") SoaDetail soa) {
	}

	public record SoaDetail(@JsonProperty("TTL") @Nullable Long ttl) {
	}

	public record HttpProperties(String httpName) {
	}

}
