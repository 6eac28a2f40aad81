package dev.cloudmap.discovery.httpclient;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;

/**
 * {@link BeanPostProcessor} that adds each service's timeouts to the builders of request
 * factories, and so to all clients that Spring Boot builds: {@code RestTemplateBuilder},
 * {@code RestClient.Builder} and HTTP service clients.
 */
public final class RequestFactoryBuilderPostProcessor implements BeanPostProcessor {

	private final ConfigurableListableBeanFactory beans;

	/**
	 * Creates the post-processor.
	 * @param beans the bean factory
	 */
	public RequestFactoryBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof ClientHttpRequestFactoryBuilder<?> builder)) {
			return bean;
		}
		ClientHttpRequestFactoryBuilder<?> timed = TimedRequestFactoryBuilder.timed(builder);
		return (timed == builder
				|| DeclaredType.isReplaceable(this.beans, beanName, ClientHttpRequestFactoryBuilder.class)) ? timed
						: bean;
	}

}
