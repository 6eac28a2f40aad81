package dev.cloudmap.discovery.httpclient;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ApplicationContext;

import dev.cloudmap.discovery.loadbalancer.timeout.TimedSimpleRequestFactory;

/**
 * {@link BeanPostProcessor} that adds each service's timeouts to load-balanced
 * {@code RestTemplateBuilder}s that Spring Boot has not configured.
 */
public final class RestTemplateBuilderPostProcessor implements BeanPostProcessor {

	private final ApplicationContext context;

	/**
	 * Creates the post-processor.
	 * @param context the application context
	 */
	public RestTemplateBuilderPostProcessor(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof RestTemplateBuilder builder)
				|| this.context.findAnnotationOnBean(beanName, LoadBalanced.class) == null) {
			return bean;
		}
		ClientHttpRequestFactoryBuilder<?> factories = builder.requestFactoryBuilder();
		// a RestTemplate without a builder has its own default
		return builder.requestFactoryBuilder((factories != null) ? TimedRequestFactoryBuilder.timed(factories)
				: (settings) -> new TimedSimpleRequestFactory());
	}

}
