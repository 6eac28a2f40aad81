package dev.cloudmap.discovery.loadbalancer.adapter;

import java.util.function.Function;

import feign.Client;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.openfeign.loadbalancer.FeignBlockingLoadBalancerClient;
import org.springframework.cloud.openfeign.loadbalancer.RetryableFeignBlockingLoadBalancerClient;

/**
 * Replaces the load-balanced client of Spring Cloud OpenFeign, with any library that
 * sends its requests.
 */
public final class FeignClientPostProcessor implements BeanPostProcessor {

	private final Function<Client, Client> replacement;

	/**
	 * Creates the post-processor.
	 * @param replacement creates a load-balanced client from one that calls an address
	 */
	public FeignClientPostProcessor(Function<Client, Client> replacement) {
		this.replacement = replacement;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean.getClass() == FeignBlockingLoadBalancerClient.class) {
			return this.replacement.apply(((FeignBlockingLoadBalancerClient) bean).getDelegate());
		}
		// exists with spring-retry on the class path, even if retries are not switched on
		return (bean instanceof RetryableFeignBlockingLoadBalancerClient retrying)
				? this.replacement.apply(retrying.getDelegate()) : bean;
	}

}
