package dev.cloudmap.discovery.interplay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.testsupport.Ports;

/**
 * Complete applications, which share one embedded registry on a port that is unique to
 * the test. Other registries are switched off unless a property switches them on.
 */
final class Applications implements AutoCloseable {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private final int registryPort = Ports.free();

	/**
	 * The properties of each application.
	 */
	Map<String, String> properties(String name) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("spring.application.name", name);
		properties.put("discovery.namespace", "corp");
		properties.put("discovery.embedded.http-port", Integer.toString(this.registryPort));
		properties.put("discovery.embedded.dns-port", "0");
		properties.put("discovery.lookup.refresh", "200ms");
		properties.put("eureka.client.enabled", "false");
		properties.put("spring.cloud.consul.enabled", "false");
		properties.put("management.endpoint.health.show-details", "always");
		properties.put("spring.main.banner-mode", "off");
		return properties;
	}

	ConfigurableApplicationContext web(String name, String... properties) {
		return start(WebApplicationType.SERVLET, name, properties);
	}

	/**
	 * Starts an application that calls others, without a web server, so that it is not
	 * registered.
	 */
	ConfigurableApplicationContext caller(String... properties) {
		return start(WebApplicationType.NONE, "caller", properties);
	}

	private ConfigurableApplicationContext start(WebApplicationType type, String name, String... properties) {
		Map<String, String> all = properties(name);
		all.put("server.port", "0");
		all.put("discovery.registration.enabled", Boolean.toString(type != WebApplicationType.NONE));
		for (String property : properties) {
			int separator = property.indexOf('=');
			all.put(property.substring(0, separator), property.substring(separator + 1));
		}
		String[] arguments = all.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(
				(type == WebApplicationType.NONE) ? Caller.class : Application.class)
			.web(type)
			.run(arguments);
		this.contexts.add(context);
		return context;
	}

	static RestClient client(ConfigurableApplicationContext context) {
		return context.getBean("loadBalanced", RestClient.Builder.class).build();
	}

	@Override
	public void close() {
		Collections.reverse(this.contexts);
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Caller {

		/**
		 * Not the default candidate: otherwise Eureka's client calls its server with it.
		 */
		@Bean(defaultCandidate = false)
		@LoadBalanced
		RestClient.Builder loadBalanced() {
			return RestClient.builder();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final ObjectProvider<DiscoveryRegistration> registration;

		Application(ObjectProvider<DiscoveryRegistration> registration) {
			this.registration = registration;
		}

		/**
		 * Not the default candidate: otherwise Eureka's client calls its server with it.
		 */
		@Bean(defaultCandidate = false)
		@LoadBalanced
		static RestClient.Builder loadBalanced() {
			return RestClient.builder();
		}

		@GetMapping("/")
		String id() {
			return this.registration.getObject().getInstanceId();
		}

	}

}
