package dev.cloudmap.discovery.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.RegistryType;

/**
 * Matches where the given registry is used, be it by {@code discovery.registry} or by the
 * choice that is made in its place.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnRegistryCondition.class)
@interface ConditionalOnRegistry {

	/**
	 * The registry.
	 */
	RegistryType value();

}
