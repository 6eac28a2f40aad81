package dev.cloudmap.discovery.actuate.endpoint;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.actuate.endpoint.AttributeSanitizer.Values;

/**
 * {@link EndpointWebExtension} for the {@link DiscoveryEndpoint}. A request that can't be
 * fulfilled is answered with the status 400, 404 or 503 and the reason.
 */
@EndpointWebExtension(endpoint = DiscoveryEndpoint.class)
public final class DiscoveryEndpointWebExtension {

	private final DiscoveryEndpoint delegate;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param showValues when the values of attributes are shown
	 * @param roles the roles that allow a user to see values
	 */
	public DiscoveryEndpointWebExtension(DiscoveryEndpoint delegate, Show showValues, Set<String> roles) {
		this.delegate = delegate;
		this.showValues = showValues;
		this.roles = Set.copyOf(roles);
	}

	/**
	 * Describes everything.
	 */
	@ReadOperation
	public DiscoveryDescriptor discovery(SecurityContext security) {
		return this.delegate.discovery(values(security));
	}

	/**
	 * Describes a watched service.
	 */
	@ReadOperation
	public WebEndpointResponse<Object> service(SecurityContext security, @Selector String service) {
		return respond(() -> this.delegate.service(service, values(security)));
	}

	/**
	 * Changes the registration of this application.
	 */
	@WriteOperation
	public WebEndpointResponse<Object> updateRegistration(@Nullable String action) {
		return respond(() -> this.delegate.updateRegistration(action));
	}

	/**
	 * Refreshes a service, or ends an ejection.
	 */
	@WriteOperation
	public WebEndpointResponse<Object> updateService(@Selector String service, @Nullable String action,
			@Nullable String instance) {
		return respond(() -> this.delegate.updateService(service, action, instance));
	}

	private Values values(SecurityContext security) {
		return this.showValues.isShown(security, this.roles) ? Values.SHOWN : Values.HIDDEN;
	}

	private static WebEndpointResponse<Object> respond(Supplier<Object> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (UnknownTargetException ex) {
			return error(WebEndpointResponse.STATUS_NOT_FOUND, ex.getReason());
		}
		catch (InvalidEndpointRequestException ex) {
			return error(WebEndpointResponse.STATUS_BAD_REQUEST, ex.getReason());
		}
		catch (DiscoveryException ex) {
			return error(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, ex.getMessage());
		}
	}

	private static WebEndpointResponse<Object> error(int status, @Nullable String reason) {
		return new WebEndpointResponse<>(Map.of("error", String.valueOf(reason)), status);
	}

}
