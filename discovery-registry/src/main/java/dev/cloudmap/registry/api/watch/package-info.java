/**
 * Blocking queries for changes: {@code GET /watch} answers when lookups of a namespace
 * would return something else than at a revision that the client knows.
 */
@NullMarked
package dev.cloudmap.registry.api.watch;

import org.jspecify.annotations.NullMarked;
