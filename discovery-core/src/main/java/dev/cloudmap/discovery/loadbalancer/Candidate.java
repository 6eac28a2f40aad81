package dev.cloudmap.discovery.loadbalancer;

import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.Response;

/**
 * An instance that may be chosen, with what is known of it.
 *
 * @param instance the instance; never null
 * @param key by what it is known again; never null
 * @param statistics what its calls have shown; never null
 * @param response what is answered when it is chosen, made beforehand; never null
 */
record Candidate(ServiceInstance instance, InstanceKey key, InstanceStatistics statistics,
		Mono<Response<ServiceInstance>> response) {

	static Candidate of(ServiceInstance instance, ServiceStatistics statistics) {
		InstanceKey key = InstanceKey.of(instance);
		return new Candidate(instance, key, statistics.of(key), Mono.just(new DefaultResponse(instance)));
	}

}
