/**
 * Attempts to call instances, the statistics of their outcomes, and the ejection of
 * outliers.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.outlier;

import org.jspecify.annotations.NullMarked;
