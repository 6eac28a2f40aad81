package dev.cloudmap.discovery.loadbalancer.call;

import java.util.function.Function;

import feign.Client;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.openfeign.loadbalancer.FeignBlockingLoadBalancerClient;
import org.springframework.cloud.openfeign.loadbalancer.RetryableFeignBlockingLoadBalancerClient;

/**
 * Puts our client into the place of Spring Cloud OpenFeign's load-balanced one, whichever
 * library that sends by.
 */
public final class FeignClientPostProcessor implements BeanPostProcessor {

	private final Function<Client, Client> replacement;

	/**
	 * Creates it.
	 * @param replacement makes a load-balanced client of one that calls an address; not
	 * null
	 */
	public FeignClientPostProcessor(Function<Client, Client> replacement) {
		this.replacement = replacement;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean.getClass() == FeignBlockingLoadBalancerClient.class) {
			return this.replacement.apply(((FeignBlockingLoadBalancerClient) bean).getDelegate());
		}
		// there is such a one where spring-retry is, and nobody has asked for retries
		return (bean instanceof RetryableFeignBlockingLoadBalancerClient retrying)
				? this.replacement.apply(retrying.getDelegate()) : bean;
	}

}
