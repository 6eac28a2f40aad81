package dev.cloudmap.benchmarks.scenario;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/**
 * Adds a header that identifies the caller, and optional timeouts, to the requests of a
 * backend, and records when it sent requests to each worker. The sample itself does not
 * depend on it.
 */
@Configuration(proxyBeanMethods = false)
public class ScenarioBackend {

	/** The property for the connect timeout and the read timeout. */
	static final String TIMEOUT = "scenario.timeout";

	@Bean
	static BeanPostProcessor callerPostProcessor(Environment environment) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				if (bean instanceof RestClient.Builder builder) {
					builder.defaultHeader(FaultyWorker.CALLER,
							environment.getRequiredProperty("discovery.registration.instance-id"));
					Duration timeout = environment.getProperty(TIMEOUT, Duration.class);
					if (timeout != null) {
						builder.requestFactory(factory(timeout));
					}
				}
				return bean;
			}

		};
	}

	private static JdkClientHttpRequestFactory factory(Duration timeout) {
		JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().connectTimeout(timeout).build());
		factory.setReadTimeout(timeout);
		return factory;
	}

	/**
	 * Records the times of the requests to each instance, in milliseconds since the
	 * epoch.
	 */
	@RestController
	static class SentRequests implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

		private final Map<String, NavigableSet<Long>> times = new ConcurrentHashMap<>();

		/**
		 * Returns the time of the last request to an instance before a time; 0 if there
		 * is none.
		 */
		@GetMapping("/last-request")
		long last(@RequestParam("instance") String instance, @RequestParam("before") long before) {
			NavigableSet<Long> sent = this.times.get(instance);
			Long last = (sent != null) ? sent.lower(before) : null;
			return (last != null) ? last : 0;
		}

		@Override
		public void onStart(Request<Object> request) {
		}

		@Override
		public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
			this.times
				.computeIfAbsent(response.getServer().getInstanceId(), (instance) -> new ConcurrentSkipListSet<>())
				.add(System.currentTimeMillis());
		}

		@Override
		public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		}

	}

}
