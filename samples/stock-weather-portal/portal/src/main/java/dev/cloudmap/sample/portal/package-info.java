/**
 * A page that shows the answers of the stock service and of the weather service.
 */
@NullMarked
package dev.cloudmap.sample.portal;

import org.jspecify.annotations.NullMarked;
