package dev.cloudmap.discovery.autoconfigure.registry;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;

/**
 * {@link Conditional @Conditional} that matches if the given registry is used, either set
 * by {@code discovery.registry} or selected automatically.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnRegistryCondition.class)
public @interface ConditionalOnRegistry {

	/**
	 * The registry that must be used.
	 */
	RegistryType value();

}
