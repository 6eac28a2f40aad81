/**
 * A service that answers with made-up stock prices.
 */
@NullMarked
package dev.cloudmap.sample.stock;

import org.jspecify.annotations.NullMarked;
