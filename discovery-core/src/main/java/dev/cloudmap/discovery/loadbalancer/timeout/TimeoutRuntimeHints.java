package dev.cloudmap.discovery.loadbalancer.timeout;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the libraries that {@link DefaultRequestFactories} looks for by their names,
 * and the fields that {@link RequestFactoryPostProcessor} reads.
 */
final class TimeoutRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		DefaultRequestFactories.LIBRARIES
			.forEach((library) -> hints.reflection().registerTypeIfPresent(classLoader, library));
		RequestFactoryPostProcessor.READ.forEach((type) -> hints.reflection()
			.registerTypeIfPresent(classLoader, type, MemberCategory.ACCESS_DECLARED_FIELDS));
	}

}
