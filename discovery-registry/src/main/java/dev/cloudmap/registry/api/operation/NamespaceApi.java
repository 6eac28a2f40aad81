package dev.cloudmap.registry.api.operation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.NamespaceMessages;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreateHttpNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreatePrivateDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreatePublicDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.DnsNamespaceProperties;
import dev.cloudmap.registry.api.message.NamespaceMessages.DnsProperties;
import dev.cloudmap.registry.api.message.NamespaceMessages.GetNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.HttpProperties;
import dev.cloudmap.registry.api.message.NamespaceMessages.ListNamespaces;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespaceAnswer;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespaceDetail;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespaceFilter;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespaceFilterName;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespacePage;
import dev.cloudmap.registry.api.message.NamespaceMessages.NamespaceProperties;
import dev.cloudmap.registry.api.message.NamespaceMessages.SoaDetail;
import dev.cloudmap.registry.api.message.NamespaceMessages.UpdateDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.UpdateHttpNamespace;
import dev.cloudmap.registry.api.message.OperationMessages.OperationStarted;
import dev.cloudmap.registry.api.message.TagMessages.Tag;
import dev.cloudmap.registry.api.message.FilterCondition;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.DeleteNamespace;
import dev.cloudmap.registry.state.command.UpdateNamespace;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The operations on namespaces.
 */
final class NamespaceApi {

	private static final List<FilterCondition> EQUALITY = List.of(FilterCondition.EQ);

	private static final List<FilterCondition> EQUALITY_AND_PREFIX = List.of(FilterCondition.EQ,
			FilterCondition.BEGINS_WITH);

	private final RegistryState state;

	private final Scheduler scheduler;

	NamespaceApi(RegistryState state, Scheduler scheduler) {
		this.state = state;
		this.scheduler = scheduler;
	}

	CompletableFuture<?> createHttp(CreateHttpNamespace request, Caller caller) {
		return create(request.name(), NamespaceType.HTTP, request.description(), null, null, request.creatorRequestId(),
				request.tags(), caller);
	}

	CompletableFuture<?> createPrivateDns(CreatePrivateDnsNamespace request, Caller caller) {
		return create(request.name(), NamespaceType.DNS_PRIVATE, request.description(), request.vpc(),
				request.properties(), request.creatorRequestId(), request.tags(), caller);
	}

	CompletableFuture<?> createPublicDns(CreatePublicDnsNamespace request, Caller caller) {
		return create(request.name(), NamespaceType.DNS_PUBLIC, request.description(), null, request.properties(),
				request.creatorRequestId(), request.tags(), caller);
	}

	private CompletableFuture<?> create(String name, NamespaceType type, @Nullable String description,
			@Nullable String vpc, @Nullable DnsNamespaceProperties properties, @Nullable String creatorRequestId,
			@Nullable List<Tag> tags, Caller caller) {
		String id = Ids.namespace();
		long soaTtl = (properties != null) ? properties.dnsProperties().soa().ttl() : this.state.mode().soaTtl();
		CreateNamespace command = new CreateNamespace(id, caller.newNamespaceArn(id), name, type, description, vpc,
				soaTtl, this.scheduler.now(), creatorRequestId, TagApi.of(tags, name));
		return this.state.submit(command).thenApply(OperationStarted::new);
	}

	CompletableFuture<?> updateHttp(UpdateHttpNamespace request, Caller caller) {
		return update(new UpdateNamespace(caller.namespaceId(this.state.snapshot(), request.id()), NamespaceType.HTTP,
				request.namespace().description(), null, request.updaterRequestId()));
	}

	CompletableFuture<?> updatePrivateDns(UpdateDnsNamespace request, Caller caller) {
		return updateDns(request, caller, NamespaceType.DNS_PRIVATE);
	}

	CompletableFuture<?> updatePublicDns(UpdateDnsNamespace request, Caller caller) {
		return updateDns(request, caller, NamespaceType.DNS_PUBLIC);
	}

	private CompletableFuture<?> updateDns(UpdateDnsNamespace request, Caller caller, NamespaceType type) {
		DnsNamespaceProperties properties = request.namespace().properties();
		return update(new UpdateNamespace(caller.namespaceId(this.state.snapshot(), request.id()), type,
				request.namespace().description(), (properties != null) ? properties.dnsProperties().soa().ttl() : null,
				request.updaterRequestId()));
	}

	private CompletableFuture<?> update(UpdateNamespace command) {
		return this.state.submit(command).thenApply(OperationStarted::new);
	}

	CompletableFuture<?> delete(NamespaceMessages.DeleteNamespace request, Caller caller) {
		return this.state.submit(new DeleteNamespace(caller.namespaceId(this.state.snapshot(), request.id())))
			.thenApply(OperationStarted::new);
	}

	NamespaceAnswer get(GetNamespace request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		Namespace namespace = snapshot.namespace(caller.namespaceId(snapshot, request.id()));
		return new NamespaceAnswer(detail(snapshot, namespace, namespace.creatorRequestId()));
	}

	/**
	 * Filters each page, as Cloud Map does: a page can be empty although another follows.
	 */
	NamespacePage list(ListNamespaces request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		List<NamespaceFilter> filters = (request.filters() != null) ? request.filters() : List.of();
		Page<Namespace> page = Page.of(snapshot.namespaces(), Namespace::id,
				new Page.Request(List.of("ListNamespaces", filters), request.maxResults(), request.nextToken()));
		List<NamespaceDetail> details = page.elements()
			.stream()
			.filter(ListFilters.all(filters, (filter) -> filter(filter, caller)))
			.map((namespace) -> detail(snapshot, namespace, null))
			.toList();
		return new NamespacePage(details, page.nextToken());
	}

	private static Predicate<Namespace> filter(NamespaceFilter filter, Caller caller) {
		NamespaceFilterName name = NamespaceFilterName.valueOf(filter.name());
		Predicate<String> matches = ListFilters.of(filter.name(), filter.values(), filter.condition(),
				(name == NamespaceFilterName.RESOURCE_OWNER) ? EQUALITY : EQUALITY_AND_PREFIX);
		if (name == NamespaceFilterName.TYPE && !FilterCondition.BEGINS_WITH.name().equals(filter.condition())) {
			ListFilters.requireConstants(filter.name(), filter.values(), NamespaceType.values());
		}
		return (namespace) -> matches.test(switch (name) {
			case TYPE -> namespace.type().name();
			case NAME -> namespace.name();
			case HTTP_NAME -> namespace.httpName();
			case RESOURCE_OWNER -> caller.relationTo(namespace.owner());
		});
	}

	private static NamespaceDetail detail(RegistrySnapshot snapshot, Namespace namespace,
			@Nullable String creatorRequestId) {
		DnsProperties dns = namespace.type().isDns()
				? new DnsProperties(namespace.hostedZoneId(), new SoaDetail(namespace.soaTtl()))
				: new DnsProperties(null, new SoaDetail(null));
		return new NamespaceDetail(namespace.id(), namespace.arn(), namespace.owner(), namespace.name(),
				namespace.type().name(), namespace.description(), snapshot.servicesOf(namespace.id()).size(),
				new NamespaceProperties(dns, new HttpProperties(namespace.httpName())), namespace.created(),
				creatorRequestId);
	}

}
