package dev.cloudmap.benchmarks.scenario;

import java.net.http.HttpClient;
import java.time.Duration;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Adds a header that identifies the caller, and optional timeouts, to the requests of a
 * backend. The sample itself does not depend on it.
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

}
