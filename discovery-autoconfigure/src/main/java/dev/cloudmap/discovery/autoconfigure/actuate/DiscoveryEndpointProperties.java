package dev.cloudmap.discovery.autoconfigure.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the endpoint {@code discovery}.
 *
 * @param showValues When to show the values of attributes. They are hidden otherwise.
 * @param roles Roles that allow a user to see values. If empty, all authenticated users
 * are authorized.
 */
@ConfigurationProperties("management.endpoint.discovery")
public record DiscoveryEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {
}
