package dev.cloudmap.discovery.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;

/**
 * Matches unless {@code discovery.enabled} or Spring Cloud's own switch is off.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "discovery.enabled", matchIfMissing = true)
@interface ConditionalOnDiscovery {

}
