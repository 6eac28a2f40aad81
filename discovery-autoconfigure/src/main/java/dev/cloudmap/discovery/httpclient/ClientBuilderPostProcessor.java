package dev.cloudmap.discovery.httpclient;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;

/**
 * {@link BeanPostProcessor} that adds each service's timeouts to the builders of HTTP
 * clients, and so to all clients that Spring Boot builds: {@code RestTemplateBuilder},
 * {@code RestClient.Builder}, {@code WebClient.Builder} and HTTP service clients.
 */
public final class ClientBuilderPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(ClientBuilderPostProcessor.class);

	private final ConfigurableListableBeanFactory beans;

	/**
	 * Creates the post-processor.
	 * @param beans the bean factory
	 */
	public ClientBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ClientHttpRequestFactoryBuilder<?> builder) {
			return replace(builder, TimedRequestFactoryBuilder.timed(builder), beanName,
					ClientHttpRequestFactoryBuilder.class);
		}
		if (bean instanceof ClientHttpConnectorBuilder<?> builder) {
			return replace(builder, TimedConnectorBuilder.timed(builder), beanName, ClientHttpConnectorBuilder.class);
		}
		return bean;
	}

	/**
	 * Returns the timed builder if the bean is declared as the interface. A builder of a
	 * more specific type may be injected as such and keeps its own timeouts.
	 */
	@SuppressWarnings("ReferenceEquality")
	private Object replace(Object builder, Object timed, String beanName, Class<?> type) {
		if (timed == builder || !this.beans.containsBeanDefinition(beanName)) {
			return builder;
		}
		Class<?> declared = this.beans.getMergedBeanDefinition(beanName).getResolvableType().resolve();
		if (declared == type) {
			return timed;
		}
		logger.info(
				"The timeouts of discovery.load-balancer.timeout.* do not apply to clients of the bean '{}'. To apply them,"
						+ " declare the bean as {}<?> instead of {}",
				beanName, type.getSimpleName(), (declared != null) ? declared.getSimpleName() : "an unknown type");
		return builder;
	}

}
