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
 * Sets defaults for test contexts: an embedded registry of its own isolates a test from
 * the applications that run on the developer's machine, and the context closes without
 * draining. Properties of the test or of its application take precedence. Regardless of
 * them, a test does not use AWS unless an endpoint or connection details are set.
 */
public class TestDefaultsContextCustomizerFactory implements ContextCustomizerFactory {

	private static final Map<String, Object> DEFAULTS = Map.of("discovery.embedded.http-port", "0",
			"discovery.embedded.dns-port", "0", "discovery.registration.drain", "0s");

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		return new TestDefaults();
	}

	/** All instances are equal and do not affect the caching of contexts. */
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
