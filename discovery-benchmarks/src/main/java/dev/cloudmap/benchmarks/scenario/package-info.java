/**
 * Applications and registries as processes of their own, under a steady load, while
 * something happens to them: what failed, what was slow, and who noticed when.
 */
@NullMarked
package dev.cloudmap.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
