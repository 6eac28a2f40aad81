/**
 * Who of the catalog's instances is called: Spring Cloud LoadBalancer's list and choice,
 * and what calls have shown.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.NullMarked;
