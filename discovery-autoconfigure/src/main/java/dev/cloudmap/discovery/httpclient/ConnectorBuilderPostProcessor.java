package dev.cloudmap.discovery.httpclient;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;

/**
 * {@link BeanPostProcessor} that adds each service's connect timeout to the builders of
 * {@code WebClient} connectors.
 */
public final class ConnectorBuilderPostProcessor implements BeanPostProcessor {

	private final ConfigurableListableBeanFactory beans;

	/**
	 * Creates the post-processor.
	 * @param beans the bean factory
	 */
	public ConnectorBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof ClientHttpConnectorBuilder<?> builder)) {
			return bean;
		}
		ClientHttpConnectorBuilder<?> timed = TimedConnectorBuilder.timed(builder);
		return (timed == builder || DeclaredType.isReplaceable(this.beans, beanName, ClientHttpConnectorBuilder.class))
				? timed : bean;
	}

}
