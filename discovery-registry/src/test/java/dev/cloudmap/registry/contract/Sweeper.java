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
import software.amazon.awssdk.services.servicediscovery.model.OperationSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceInUseException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Removes the namespaces with a name prefix, and their contents.
 */
final class Sweeper {

	private final CloudMapUnderTest cloudMap;

	private final String prefix;

	Sweeper(CloudMapUnderTest cloudMap, String prefix) {
		this.cloudMap = cloudMap;
		this.prefix = prefix;
	}

	/**
	 * Removes as much as possible and fails at the end if a resource remains.
	 * @throws AssertionError if resources remain; its message lists them, and it contains
	 * the failures
	 */
	void sweep() {
		List<Throwable> failures = new ArrayList<>();
		attempt(failures, this::awaitCreations);
		List<String> deletions = new ArrayList<>();
		attempt(failures, () -> namespaces().forEach((namespace) -> {
			if (attempt(failures, () -> empty(namespace, failures))) {
				attempt(failures, () -> deletions.add(whenFree(
						() -> client().deleteNamespace((request) -> request.id(namespace.id())).operationId())));
			}
		}));
		deletions.forEach((deletion) -> attempt(failures, () -> this.cloudMap.succeed(deletion)));
		if (failures.isEmpty()) {
			attempt(failures, () -> this.cloudMap.eventually(() -> assertThat(namespaces()).isEmpty()));
		}
		if (!failures.isEmpty()) {
			AssertionError failure = new AssertionError("Some resources could not be removed:%n%s"
				.formatted(String.join(System.lineSeparator(), remaining())), failures.get(0));
			failures.stream().skip(1).forEach(failure::addSuppressed);
			throw failure;
		}
	}

	/**
	 * Lists the resources to remove.
	 * @return a line for each namespace, service and creation in progress
	 */
	List<String> remaining() {
		List<String> lines = new ArrayList<>();
		List<Throwable> failures = new ArrayList<>();
		attempt(failures, () -> creations()
			.forEach((operation) -> lines.add("a namespace being created by the operation " + operation.id())));
		attempt(failures, () -> namespaces().forEach((namespace) -> {
			lines.add("namespace %s (%s)".formatted(namespace.name(), namespace.id()));
			attempt(failures,
					() -> services(namespace).forEach((service) -> lines.add("  service %s (%s) with %d instances"
						.formatted(service.name(), service.id(), instances(service).size()))));
		}));
		failures.forEach((failure) -> lines.add("resources that could not be listed: " + failure));
		return lines;
	}

	private static boolean attempt(List<Throwable> failures, Runnable action) {
		try {
			action.run();
			return true;
		}
		catch (RuntimeException | AssertionError ex) {
			failures.add(ex);
			return false;
		}
	}

	/**
	 * Removes the services of a namespace.
	 * @throws IllegalStateException if a service remains
	 */
	private void empty(NamespaceSummary namespace, List<Throwable> failures) {
		int stayed = 0;
		for (ServiceSummary service : services(namespace)) {
			stayed += attempt(failures, () -> remove(service)) ? 0 : 1;
		}
		if (stayed > 0) {
			throw new IllegalStateException("%d services of %s remain".formatted(stayed, namespace.name()));
		}
	}

	/**
	 * Waits until no namespace is being created. A creation that a crashed run left in
	 * progress is not listed before it ends.
	 */
	private void awaitCreations() {
		this.cloudMap.await().until(() -> creations().isEmpty());
	}

	private List<OperationSummary> creations() {
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
		return client().listOperationsPaginator((request) -> request.filters(inProgress, creation))
			.stream()
			.flatMap((page) -> page.operations().stream())
			.toList();
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

	private List<String> instances(ServiceSummary service) {
		return client().listInstancesPaginator((request) -> request.serviceId(service.id()))
			.stream()
			.flatMap((page) -> page.instances().stream())
			.map(InstanceSummary::id)
			.toList();
	}

	private void remove(ServiceSummary service) {
		List<String> deregistrations = new ArrayList<>();
		for (String id : instances(service)) {
			try {
				deregistrations.add(whenFree(
						() -> client().deregisterInstance((request) -> request.serviceId(service.id()).instanceId(id))
							.operationId()));
			}
			catch (InstanceNotFoundException ex) {
				// The deregistration of a test has ended in the meantime.
			}
		}
		deregistrations.forEach(this.cloudMap::succeed);
		whenFree(() -> client().deleteService((request) -> request.id(service.id())).toString());
	}

	/**
	 * Waits for operations that a failed test left in progress, and until the list of the
	 * contents of the resource is up to date.
	 */
	private String whenFree(Callable<String> deletion) {
		return this.cloudMap.await()
			.ignoreExceptionsMatching(
					(ex) -> ex instanceof ResourceInUseException || ex instanceof DuplicateRequestException)
			.until(deletion, (result) -> true);
	}

}
