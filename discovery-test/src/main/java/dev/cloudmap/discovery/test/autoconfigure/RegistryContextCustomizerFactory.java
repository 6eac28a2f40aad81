package dev.cloudmap.discovery.test.autoconfigure;

import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.registry.RegistryOptions;

/**
 * {@link ContextCustomizerFactory} for {@link AutoConfigureDiscoveryRegistry}.
 */
class RegistryContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		AutoConfigureDiscoveryRegistry annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass,
				AutoConfigureDiscoveryRegistry.class);
		return (annotation != null) ? new RegistryCustomizer(annotation.likeAws()) : null;
	}

	/**
	 * Customizers with the same attributes are equal, so that contexts are cached.
	 */
	private record RegistryCustomizer(boolean likeAws) implements ContextCustomizer {

		private static final String BEAN = "testRegistry";

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			String configured = context.getEnvironment().getProperty("discovery.namespace", "").trim();
			TestRegistry registry = TestRegistry.create(
					configured.isEmpty() ? TestRegistry.DEFAULT_NAMESPACE : configured,
					this.likeAws ? RegistryOptions::withLikeAws : UnaryOperator.identity());
			DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
			beans.registerSingleton(BEAN, registry);
			// registered first, so that it is closed after all beans of the application
			beans.registerDisposableBean(BEAN, registry::close);
			registry.connect(context);
		}

	}

}
