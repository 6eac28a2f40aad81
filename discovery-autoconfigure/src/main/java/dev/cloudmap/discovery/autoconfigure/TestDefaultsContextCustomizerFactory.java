package dev.cloudmap.discovery.autoconfigure;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Gives each test context an embedded registry of its own, so that a test neither finds
 * nor is found by the applications that run on the developer's machine, and ends it
 * without the wait for callers. Whatever the test or its application sets comes before
 * that, except that no test uses AWS itself unless an endpoint or connection details are
 * given.
 */
class TestDefaultsContextCustomizerFactory implements ContextCustomizerFactory {

	private static final Map<String, Object> DEFAULTS = Map.of("discovery.embedded.http-port", "0",
			"discovery.embedded.dns-port", "0", "discovery.registration.drain", "0s");

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		return new TestDefaults();
	}

	/** Equal to any other, so that contexts are cached as without it. */
	private record TestDefaults() implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			TestContexts.mark(context.getEnvironment());
			context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("discoveryTestDefaults", DEFAULTS));
		}

	}

}
