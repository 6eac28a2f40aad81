package dev.cloudmap.discovery.clients.aot;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/**
 * The configuration of one service. It is public, since generated code of another package
 * uses it.
 */
@Configuration(proxyBeanMethods = false)
public class OwnLoadBalancerConfiguration {

	static final String CHOSEN = "chosen by the load balancer of the user";

	@Bean
	ReactorServiceInstanceLoadBalancer ownLoadBalancer(ObjectProvider<ServiceInstanceListSupplier> instances) {
		return new OwnLoadBalancer(new RoundRobinLoadBalancer(instances, "worker.corp"));
	}

	private record OwnLoadBalancer(RoundRobinLoadBalancer delegate) implements ReactorServiceInstanceLoadBalancer {

		@Override
		@SuppressWarnings("rawtypes")
		public Mono<Response<ServiceInstance>> choose(Request request) {
			System.out.println(CHOSEN);
			return this.delegate.choose(request);
		}

	}

}
