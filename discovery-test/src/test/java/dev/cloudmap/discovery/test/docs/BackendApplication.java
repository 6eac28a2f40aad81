package dev.cloudmap.discovery.test.docs;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;

/**
 * The application that the examples test.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class BackendApplication {

	@LoadBalanced
	@Bean(defaultCandidate = false)
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	RestClient.Builder loadBalancedRestClientBuilder(RestClient.Builder builder) {
		return builder;
	}

	@Bean
	WorkerClient workerClient(@LoadBalanced RestClient.Builder builder) {
		return new WorkerClient(builder.baseUrl("http://worker/").build());
	}

	/**
	 * Calls the service {@code worker}.
	 */
	public static class WorkerClient {

		private final RestClient client;

		WorkerClient(RestClient client) {
			this.client = client;
		}

		public String work() {
			return this.client.get().uri("/work").retrieve().body(String.class);
		}

	}

}
