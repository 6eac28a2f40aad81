package dev.cloudmap.discovery.autoconfigure.aot;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the classes that the auto-configuration looks for by their names when the
 * application runs.
 */
final class DiscoveryRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> CLASSES = List.of(
			"org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties",
			"org.springframework.boot.web.server.context.WebServerApplicationContext");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		CLASSES.forEach((name) -> hints.reflection().registerTypeIfPresent(classLoader, name));
	}

}
