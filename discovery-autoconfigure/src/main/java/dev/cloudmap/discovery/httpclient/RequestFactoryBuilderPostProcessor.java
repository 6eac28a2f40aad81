package dev.cloudmap.discovery.httpclient;

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
