package dev.cloudmap.registry.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.InstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilter;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilterName;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceInUseException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Removes the namespaces whose names begin with a prefix, and all that is in them.
 */
final class Sweeper {

	private final CloudMapUnderTest cloudMap;

	private final String prefix;

	Sweeper(CloudMapUnderTest cloudMap, String prefix) {
		this.cloudMap = cloudMap;
		this.prefix = prefix;
	}

	/**
	 * Removes as much as can be, and fails afterwards when something stayed.
	 */
	void sweep() {
		awaitCreations();
		List<Throwable> failures = new ArrayList<>();
		List<String> deletions = new ArrayList<>();
		for (NamespaceSummary namespace : namespaces()) {
			try {
				services(namespace).forEach(this::remove);
				deletions.add(whenFree(
						() -> client().deleteNamespace((request) -> request.id(namespace.id())).operationId()));
			}
			catch (RuntimeException | AssertionError ex) {
				failures.add(ex);
			}
		}
		deletions.forEach(this.cloudMap::end);
		if (!failures.isEmpty()) {
			AssertionError failure = new AssertionError(
					"%d namespaces named %s* stayed".formatted(failures.size(), this.prefix), failures.get(0));
			failures.stream().skip(1).forEach(failure::addSuppressed);
			throw failure;
		}
		this.cloudMap.eventually(() -> assertThat(namespaces()).isEmpty());
	}

	/**
	 * Waits until no namespace is being created, for one of this run that a crash has
	 * left in progress is not listed before.
	 */
	private void awaitCreations() {
		OperationFilter inProgress = OperationFilter.builder()
			.name(OperationFilterName.STATUS)
			.condition(FilterCondition.IN)
			.values(OperationStatus.SUBMITTED.toString(), OperationStatus.PENDING.toString())
			.build();
		OperationFilter creation = OperationFilter.builder()
			.name(OperationFilterName.TYPE)
			.condition(FilterCondition.EQ)
			.values(OperationType.CREATE_NAMESPACE.toString())
			.build();
		this.cloudMap.await()
			.until(() -> client().listOperationsPaginator((request) -> request.filters(inProgress, creation))
				.stream()
				.allMatch((page) -> page.operations().isEmpty()));
	}

	private ServiceDiscoveryClient client() {
		return this.cloudMap.client();
	}

	private List<NamespaceSummary> namespaces() {
		return client()
			.listNamespacesPaginator((request) -> request.filters(CloudMapUnderTest.named(this.prefix)
				.copy((filter) -> filter.condition(FilterCondition.BEGINS_WITH))))
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			// an emulator may ignore filters
			.filter((namespace) -> namespace.name().startsWith(this.prefix))
			.toList();
	}

	private List<ServiceSummary> services(NamespaceSummary namespace) {
		return client()
			.listServicesPaginator((request) -> request.filters(CloudMapUnderTest.inNamespace(namespace.id())))
			.stream()
			.flatMap((page) -> page.services().stream())
			.filter((service) -> namespace.id()
				.equals(client().getService((request) -> request.id(service.id())).service().namespaceId()))
			.toList();
	}

	private void remove(ServiceSummary service) {
		List<String> instances = client().listInstancesPaginator((request) -> request.serviceId(service.id()))
			.stream()
			.flatMap((page) -> page.instances().stream())
			.map(InstanceSummary::id)
			.toList();
		List<String> deregistrations = new ArrayList<>();
		for (String id : instances) {
			try {
				deregistrations.add(whenFree(
						() -> client().deregisterInstance((request) -> request.serviceId(service.id()).instanceId(id))
							.operationId()));
			}
			catch (InstanceNotFoundException ex) {
				// A test's own deregistration of it has ended in between.
			}
		}
		deregistrations.forEach(this.cloudMap::succeed);
		whenFree(() -> client().deleteService((request) -> request.id(service.id())).toString());
	}

	/**
	 * Waits for what a failed test left in progress, and until the list of what is in the
	 * resource is up to date.
	 */
	private String whenFree(Callable<String> deletion) {
		return this.cloudMap.await()
			.ignoreExceptionsMatching(
					(ex) -> ex instanceof ResourceInUseException || ex instanceof DuplicateRequestException)
			.until(deletion, (result) -> true);
	}

}
