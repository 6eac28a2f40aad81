package dev.cloudmap.discovery.autoconfigure.grpc;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import dev.cloudmap.discovery.grpc.DiscoveryNameResolverProvider;

/**
 * Registers a provider with gRPC while its application context is open. It is registered
 * before other beans exist, since gRPC looks for it when a channel is built.
 *
 * @param provider the provider
 */
record NameResolverRegistration(
		DiscoveryNameResolverProvider provider) implements BeanFactoryPostProcessor, DisposableBean {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		this.provider.start();
	}

	@Override
	public void destroy() {
		this.provider.stop();
	}

}
