package dev.cloudmap.discovery.httpclient;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Decides by the type with which a bean is declared whether a post-processor can replace
 * it.
 */
final class DeclaredType {

	private static final Logger logger = LoggerFactory.getLogger(DeclaredType.class);

	private DeclaredType() {
	}

	/**
	 * Whether a builder of HTTP clients is declared as the interface. One of a more
	 * specific type may be injected as such, and keeps its own timeouts.
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
				"Clients of the bean '{}' have no timeouts of discovery.load-balancer.timeout.*: to add them, declare"
						+ " the bean as {}<?> instead of {}",
				beanName, type.getSimpleName(), (declared != null) ? declared.getSimpleName() : "an unknown type");
		return false;
	}

}
