package dev.cloudmap.benchmarks.scenario.startup;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Measurements of one start.
 *
 * @param ready the time from the start of the process until its readiness is UP
 * @param cpu the processor time of the process until then
 * @param routed the time from the start of the process until callers find the instance;
 * null if that is not measured
 * @param residentBytes the resident memory some seconds later
 * @param classes the number of loaded classes some seconds later
 */
record Start(Duration ready, Duration cpu, @Nullable Duration routed, long residentBytes, long classes) {
}
