package dev.cloudmap.discovery.interplay;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.SpringServletContainerInitializer;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.WebApplicationContext;

import dev.cloudmap.discovery.registration.RegistrationStateEvent;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is deployed to a Tomcat as a WAR.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class WarIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	private final Tomcat tomcat = new Tomcat();

	@TempDir
	private Path directory;

	@BeforeEach
	void configure() {
		this.tomcat.setBaseDir(this.directory.toString());
		this.tomcat.setPort(0);
	}

	@AfterEach
	void stop() throws Exception {
		this.tomcat.stop();
		this.tomcat.destroy();
		this.applications.close();
	}

	@Test
	void isRegisteredWithPortAndContextPathOfTomcatWhileTomcatServes(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext caller = this.applications.caller("discovery.lookup.mode=api");
		this.tomcat.getConnector();
		// a connector that must not be chosen
		Connector ajp = new Connector("AJP/1.3");
		ajp.setPort(0);
		ajp.setProperty("secretRequired", "false");
		this.tomcat.getService().addConnector(ajp);
		Context shop = deploy("/shop", "discovery.registration.when=web-server", "server.servlet.context-path=/ignored",
				"server.port=1");
		Map<Phase, LifecycleState> connectorStates = recordConnectorStates(shop);
		this.tomcat.start();
		int port = this.tomcat.getConnector().getLocalPort();
		await().atMost(LIMIT).until(() -> caller.getBean(DiscoveryClient.class).getInstances("shop").size() == 1);
		ServiceInstance instance = caller.getBean(DiscoveryClient.class).getInstances("shop").get(0);
		assertThat(instance.getPort()).isEqualTo(port);
		assertThat(instance.isSecure()).isFalse();
		assertThat(instance.getMetadata()).containsEntry("context-path", "/shop")
			.containsEntry("management.context-path", "/shop/actuator")
			.doesNotContainKeys("management.port", "secure");
		assertThat(connectorStates).containsEntry(Phase.REGISTERING, LifecycleState.STARTED);
		assertThat(output).doesNotContain("it has no port");
		RestClient client = Applications.client(caller);
		assertThat(client.get().uri("http://shop/shop/").retrieve().body(String.class))
			.isEqualTo(instance.getInstanceId());
		assertThat(client.get().uri("http://shop/shop/actuator/health").retrieve().body(String.class))
			.contains("registration");
		shop.stop();
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(caller.getBean(DiscoveryClient.class).getInstances("shop")).isEmpty());
		assertThat(output).doesNotContain("Serving for another")
			.doesNotContain("appears to have started a thread named [discovery-");
	}

	@Test
	void configuredPortReplacesThatOfTomcat() throws Exception {
		ConfigurableApplicationContext caller = this.applications.caller();
		this.tomcat.getConnector();
		deploy("", "discovery.registration.port=8443");
		this.tomcat.start();
		await().atMost(LIMIT).until(() -> caller.getBean(DiscoveryClient.class).getInstances("shop").size() == 1);
		assertThat(caller.getBean(DiscoveryClient.class).getInstances("shop").get(0).getPort()).isEqualTo(8443);
	}

	@Test
	void isNotRegisteredWithoutHttpConnector(CapturedOutput output) throws Exception {
		Connector ajp = new Connector("AJP/1.3");
		ajp.setPort(0);
		ajp.setProperty("secretRequired", "false");
		this.tomcat.setConnector(ajp);
		Context shop = deploy("");
		this.tomcat.start();
		RegistrationReconciler reconciler = context(shop).getBean(RegistrationReconciler.class);
		await().atMost(LIMIT).until(() -> reconciler.state().problem() != null);
		assertThat(reconciler.state().phase()).isEqualTo(Phase.WAITING);
		await().atMost(LIMIT).untilAsserted(() -> assertThat(output).contains("Set discovery.registration.port"));
	}

	private Context deploy(String path, String... properties) {
		Context context = this.tomcat.addContext(path, this.directory.toString());
		for (String property : properties) {
			int separator = property.indexOf('=');
			context.addParameter(property.substring(0, separator), property.substring(separator + 1));
		}
		this.applications.properties("shop").forEach(context::addParameter);
		context.addServletContainerInitializer(new SpringServletContainerInitializer(), Set.of(Shop.class));
		return context;
	}

	/**
	 * The states that the connector had when the registration entered its phases.
	 */
	private Map<Phase, LifecycleState> recordConnectorStates(Context shop) {
		Map<Phase, LifecycleState> states = new ConcurrentHashMap<>();
		shop.addServletContainerInitializer((classes, servlets) -> context(shop).addApplicationListener((event) -> {
			if (event instanceof RegistrationStateEvent change) {
				states.put(change.getState().phase(), this.tomcat.getConnector().getState());
			}
		}), Set.of());
		return states;
	}

	private static ConfigurableApplicationContext context(Context shop) {
		return (ConfigurableApplicationContext) shop.getServletContext()
			.getAttribute(WebApplicationContext.ROOT_WEB_APPLICATION_CONTEXT_ATTRIBUTE);
	}

	/**
	 * What the user of a WAR writes.
	 */
	static class Shop extends SpringBootServletInitializer {

		@Override
		protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
			return builder.sources(Applications.Application.class);
		}

	}

}
