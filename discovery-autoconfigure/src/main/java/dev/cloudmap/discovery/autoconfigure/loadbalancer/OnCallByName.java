package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

import dev.cloudmap.discovery.loadbalancer.name.CallBy;

/**
 * Matches if the instances of any service are called by name.
 */
class OnCallByName implements Condition {

	private static final String PREFIX = "discovery.load-balancer.";

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Binder binder = Binder.get(context.getEnvironment());
		return binder.bind(PREFIX + "call-by", CallBy.class).orElse(CallBy.ADDRESS) == CallBy.NAME
				|| binder.bind(PREFIX + "services", Bindable.mapOf(String.class, Service.class))
					.orElse(Map.of())
					.values()
					.stream()
					.anyMatch((service) -> service.callBy() == CallBy.NAME);
	}

	/**
	 * The properties of a service that matter here.
	 *
	 * @param callBy the host in the URL of a call; null if it is not set
	 */
	record Service(@Nullable CallBy callBy) {
	}

}
