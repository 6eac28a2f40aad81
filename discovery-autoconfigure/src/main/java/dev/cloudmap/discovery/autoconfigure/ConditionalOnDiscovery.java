package dev.cloudmap.discovery.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.context.annotation.Conditional;

/**
 * {@link Conditional @Conditional} that matches unless {@code discovery.enabled} or
 * {@code spring.cloud.discovery.enabled} is {@code false}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "discovery.enabled", matchIfMissing = true)
public @interface ConditionalOnDiscovery {

}
