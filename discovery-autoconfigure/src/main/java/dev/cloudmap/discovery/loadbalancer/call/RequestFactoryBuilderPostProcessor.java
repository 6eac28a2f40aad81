package dev.cloudmap.discovery.loadbalancer.call;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;

/**
 * Adds each service's timeouts to what Spring Boot builds request factories with. So all
 * clients that Spring Boot makes have them: {@code RestTemplateBuilder},
 * {@code RestClient.Builder} and HTTP service clients.
 */
public final class RequestFactoryBuilderPostProcessor implements BeanPostProcessor {

	private final ConfigurableListableBeanFactory beans;

	/**
	 * Creates the post-processor.
	 * @param beans the beans that are processed
	 */
	public RequestFactoryBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ClientHttpRequestFactoryBuilder<?> builder && isReplaceable(beanName))
				? TimedRequestFactoryBuilder.timed(builder) : bean;
	}

	/**
	 * Whether the bean is declared as the interface. One of a more specific type may be
	 * injected as such.
	 */
	private boolean isReplaceable(String beanName) {
		if (!this.beans.containsBeanDefinition(beanName)) {
			return false;
		}
		BeanDefinition definition = this.beans.getMergedBeanDefinition(beanName);
		return definition.getResolvableType().resolve() == ClientHttpRequestFactoryBuilder.class;
	}

}
