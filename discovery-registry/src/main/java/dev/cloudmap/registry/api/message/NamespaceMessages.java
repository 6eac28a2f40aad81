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

	public record CreateHttpNamespace(@Required @Is(Shape.HTTP_NAMESPACE_NAME) String name,
			@Is(Shape.RESOURCE_ID) @Nullable String creatorRequestId,
			@Is(Shape.DESCRIPTION) @Nullable String description, @Is(Shape.TAGS) @Nullable List<Tag> tags) {
	}

	public record CreatePrivateDnsNamespace(@Required @Is(Shape.PRIVATE_NAMESPACE_NAME) String name,
			@Is(Shape.RESOURCE_ID) @Nullable String creatorRequestId,
			@Is(Shape.DESCRIPTION) @Nullable String description, @Required @Is(Shape.RESOURCE_ID) String vpc,
			@Is(Shape.TAGS) @Nullable List<Tag> tags, @Nullable DnsNamespaceProperties properties) {
	}

	public record CreatePublicDnsNamespace(@Required @Is(Shape.PUBLIC_NAMESPACE_NAME) String name,
			@Is(Shape.RESOURCE_ID) @Nullable String creatorRequestId,
			@Is(Shape.DESCRIPTION) @Nullable String description, @Is(Shape.TAGS) @Nullable List<Tag> tags,
			@Nullable DnsNamespaceProperties properties) {
	}

	public record DnsNamespaceProperties(@Required MutableDnsProperties dnsProperties) {
	}

	public record MutableDnsProperties(@Required @JsonProperty("SOA") Soa soa) {
	}

	public record Soa(@Required @Is(Shape.TTL) @JsonProperty("TTL") Long ttl) {
	}

	public record GetNamespace(@Required @Is(Shape.ARN) String id) {
	}

	public record ListNamespaces(@Is(Shape.PAGE_TOKEN) @Nullable String nextToken,
			@Is(Shape.PAGE_SIZE) @Nullable Integer maxResults, @Nullable List<NamespaceFilter> filters) {
	}

	public record NamespaceFilter(@Required @OneOf(NamespaceFilterName.class) String name,
			@Required @Is(Shape.NON_EMPTY) List<@Is(Shape.FILTER_VALUE) String> values,
			@OneOf(FilterCondition.class) @Nullable String condition) {
	}

	public enum NamespaceFilterName {

		TYPE, NAME, HTTP_NAME, RESOURCE_OWNER

	}

	public record DeleteNamespace(@Required @Is(Shape.ARN) String id) {
	}

	public record UpdateHttpNamespace(@Required @Is(Shape.ARN) String id,
			@Is(Shape.RESOURCE_ID) @Nullable String updaterRequestId, @Required HttpNamespaceChange namespace) {
	}

	public record HttpNamespaceChange(@Required @Is(Shape.DESCRIPTION) String description) {
	}

	/** Of a private or a public DNS namespace. */
	public record UpdateDnsNamespace(@Required @Is(Shape.ARN) String id,
			@Is(Shape.RESOURCE_ID) @Nullable String updaterRequestId, @Required DnsNamespaceChange namespace) {
	}

	public record DnsNamespaceChange(@Is(Shape.DESCRIPTION) @Nullable String description,
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

	/** The SOA of an HTTP namespace is empty, as in responses of AWS. */
	public record DnsProperties(@Nullable String hostedZoneId, @JsonProperty("SOA") SoaDetail soa) {
	}

	public record SoaDetail(@JsonProperty("TTL") @Nullable Long ttl) {
	}

	public record HttpProperties(String httpName) {
	}

}
