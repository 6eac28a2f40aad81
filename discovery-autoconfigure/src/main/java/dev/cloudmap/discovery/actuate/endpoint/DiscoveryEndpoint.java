package dev.cloudmap.discovery.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.actuate.endpoint.AttributeSanitizer.Values;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryDescriptor.RegistryDescriptor;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.DiscoveryServiceRegistry;
import dev.cloudmap.discovery.registration.GracefulDeregistration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.thread.Timer;

/**
 * {@link Endpoint} that shows the registry, the registration of this application, the
 * watched services and the calls of the registry's API. It reads only what is in memory.
 * Write operations refresh a service, end an ejection, and register, deregister or drain
 * this application.
 */
@Endpoint(id = "discovery")
public final class DiscoveryEndpoint {

	private final Registry registry;

	private final Namespace namespace;

	private final String reason;

	private final ServiceReport services;

	private final @Nullable RegistrationReport registration;

	/** Whether values are shown to those who do not use the web, such as JMX. */
	private final Values values;

	private final Timer timer;

	private final Instant started;

	private final Instant startedSteady;

	private DiscoveryEndpoint(Registry registry, Namespace namespace, String reason, ServiceReport services,
			@Nullable RegistrationReport registration, Values values, Timer timer) {
		this.registry = registry;
		this.namespace = namespace;
		this.reason = reason;
		this.services = services;
		this.registration = registration;
		this.values = values;
		this.timer = timer;
		this.started = timer.now();
		this.startedSteady = timer.steady();
	}

	/**
	 * Creates the endpoint.
	 * @param discovery what is described
	 * @param own the registration of this application; null if it is disabled
	 * @param functions sanitize the values of attributes
	 * @param showValues when the values of attributes are shown
	 * @param timer the clock
	 */
	public static DiscoveryEndpoint of(Discovery discovery, @Nullable OwnRegistration own,
			List<SanitizingFunction> functions, Show showValues, Timer timer) {
		AttributeSanitizer sanitizer = new AttributeSanitizer(functions);
		RegistrationReport registration = (own != null) ? new RegistrationReport(own.reconciler(), own.registration(),
				own.registry(), own.deregistration(), sanitizer, timer) : null;
		return new DiscoveryEndpoint(discovery.registry(), discovery.namespace(), discovery.reason(),
				new ServiceReport(discovery.catalog(), discovery.statistics(), sanitizer, timer), registration,
				showValues.isShown(true) ? Values.SHOWN : Values.HIDDEN, timer);
	}

	/**
	 * Describes everything.
	 */
	@ReadOperation
	public DiscoveryDescriptor discovery() {
		return discovery(this.values);
	}

	DiscoveryDescriptor discovery(Values values) {
		RegistryInfo info = this.registry.info();
		int instances = (this.registration != null && this.registration.isHeld()) ? 1 : 0;
		return new DiscoveryDescriptor(describe(info), describeRegistration(values), this.services.describeAll(values),
				CallsDescriptor.of(this.registry.calls(), info, instances, this.started,
						Duration.between(this.startedSteady, this.timer.steady())));
	}

	private RegistryDescriptor describe(RegistryInfo info) {
		List<String> capabilities = info.capabilities()
			.stream()
			.map(RegistryInfo.Capability::wireName)
			.sorted()
			.toList();
		return new RegistryDescriptor(info.type(), this.namespace.name(), info.location(), info.role(), capabilities,
				this.reason);
	}

	private RegistrationDescriptor describeRegistration(Values values) {
		return (this.registration != null) ? this.registration.describe(values) : RegistrationDescriptor.DISABLED;
	}

	/**
	 * Describes a watched service.
	 * @param service its full name, or an id by which it was requested
	 * @throws InvalidEndpointRequestException if it is not watched
	 */
	@ReadOperation
	public ServiceDescriptor service(@Selector String service) {
		return service(service, this.values);
	}

	ServiceDescriptor service(String service, Values values) {
		return this.services.describe(service, values);
	}

	/**
	 * Changes the registration of this application.
	 * @param action {@code register}, {@code deregister} or {@code drain}
	 * @throws InvalidEndpointRequestException if the action is another one
	 */
	@WriteOperation
	public Outcome updateRegistration(@Nullable String action) {
		RegistrationReport registration = this.registration;
		if (registration == null) {
			throw invalid("The registration of this application is disabled");
		}
		return new Outcome(switch (normalized(action)) {
			case "register" -> registration.register();
			case "deregister" -> registration.deregister();
			case "drain" -> registration.drain();
			default -> throw invalid(expected("register, deregister or drain", action));
		});
	}

	/**
	 * Refreshes a service, or ends an ejection.
	 * @param service its full name, or an id by which it was requested
	 * @param action {@code refresh} or {@code end-ejection}
	 * @param instance the id of the ejected instance
	 * @throws InvalidEndpointRequestException if the action is another one, or the
	 * service or the ejection does not exist
	 */
	@WriteOperation
	public Outcome updateService(@Selector String service, @Nullable String action, @Nullable String instance) {
		return new Outcome(switch (normalized(action)) {
			case "refresh" -> this.services.refresh(service);
			case "end-ejection" -> {
				if (instance == null) {
					throw invalid("The action 'end-ejection' needs the id of an instance: expected"
							+ " {\"action\": \"end-ejection\", \"instance\": \"ID\"}");
				}
				yield this.services.endEjection(service, instance);
			}
			default -> throw invalid(expected("refresh or end-ejection", action));
		});
	}

	private static String normalized(@Nullable String action) {
		return (action != null) ? action.toLowerCase(Locale.ROOT) : "";
	}

	private static String expected(String actions, @Nullable String found) {
		return "Expected {\"action\": \"ACTION\"} with the action " + actions + ", found "
				+ ((found != null) ? "'" + found + "'" : "none");
	}

	private static InvalidEndpointRequestException invalid(String message) {
		return new InvalidEndpointRequestException(message, message);
	}

	/**
	 * What the endpoint describes.
	 *
	 * @param registry the registry
	 * @param namespace the default namespace
	 * @param reason why this registry is used
	 * @param catalog the watched services
	 * @param statistics the ejections; null without a load balancer
	 */
	public record Discovery(Registry registry, Namespace namespace, String reason, InstanceCatalog catalog,
			@Nullable CallStatistics statistics) {
	}

	/**
	 * The registration of this application.
	 *
	 * @param reconciler has its state
	 * @param registration what is registered
	 * @param registry registers and deregisters it
	 * @param deregistration drains callers; null without automatic registration
	 */
	public record OwnRegistration(RegistrationReconciler reconciler, DiscoveryRegistration registration,
			DiscoveryServiceRegistry registry, @Nullable GracefulDeregistration deregistration) {
	}

	/**
	 * The outcome of a write operation.
	 *
	 * @param result what was done
	 */
	public record Outcome(String result) implements OperationResponseBody {
	}

}
