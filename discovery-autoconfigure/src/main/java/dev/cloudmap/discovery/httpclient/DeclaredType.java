package dev.cloudmap.discovery.httpclient;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Determines from the declared type of a bean whether a post-processor can replace it.
 */
final class DeclaredType {

	private static final Logger logger = LoggerFactory.getLogger(DeclaredType.class);

	private DeclaredType() {
	}

	/**
	 * Whether a builder of HTTP clients is declared as the interface. A builder of a more
	 * specific type may be injected as such and keeps its own timeouts.
	 */
	static boolean isReplaceable(ConfigurableListableBeanFactory beans, String beanName, Class<?> type) {
		if (!beans.containsBeanDefinition(beanName)) {
			return false;
		}
		BeanDefinition definition = beans.getMergedBeanDefinition(beanName);
		Class<?> declared = definition.getResolvableType().resolve();
		if (declared == type) {
			return true;
		}
		logger.info(
				"The timeouts of discovery.load-balancer.timeout.* do not apply to clients of the bean '{}'. To apply them,"
						+ " declare the bean as {}<?> instead of {}",
				beanName, type.getSimpleName(), (declared != null) ? declared.getSimpleName() : "an unknown type");
		return false;
	}

}
