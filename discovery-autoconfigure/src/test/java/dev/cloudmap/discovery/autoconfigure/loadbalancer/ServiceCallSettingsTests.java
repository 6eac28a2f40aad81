package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.attribute.ServiceAttributes;
import dev.cloudmap.discovery.loadbalancer.call.CallSettings;
import dev.cloudmap.discovery.loadbalancer.call.ServiceCallSettings;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ServiceCallSettingsTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp");

	@Test
	void defaultsAreSafe() {
		run(Map.of(), (settings) -> {
			assertThat(settings.timeouts().connect()).hasSeconds(2);
			assertThat(settings.timeouts().request()).hasSeconds(60);
			assertThat(settings.timeouts().idle()).hasMinutes(5);
			assertThat(settings.retry().maxRetries()).isEqualTo(2);
			assertThat(settings.retry().statuses()).containsExactlyInAnyOrder(502, 503, 504);
			assertThat(settings.retry().methods()).doesNotContain("POST", "PATCH").contains("GET", "PUT", "DELETE");
			assertThat(settings.retry().budget().ratio()).isEqualTo(0.2);
			assertThat(settings.retry().budget().perSecond()).isEqualTo(3);
		});
	}

	@Test
	void attributesOfServiceApplyToCallers() {
		run(Map.of("discovery.timeout.connect", "500ms", "discovery.timeout.request", "3s", "discovery.timeout.idle",
				"0s", "discovery.retry.max-retries", "1", "color", "blue"), (settings) -> {
					assertThat(settings.timeouts().connect()).hasMillis(500);
					assertThat(settings.timeouts().request()).hasSeconds(3);
					assertThat(settings.timeouts().idle()).isNull();
					assertThat(settings.retry().maxRetries()).isOne();
				});
	}

	@Test
	void precedenceIsServicePropertyAttributeGlobalProperty() {
		run(Map.of("discovery.timeout.connect", "500ms", "discovery.timeout.request", "3s"), (settings) -> {
			assertThat(settings.timeouts().connect()).hasMillis(500);
			assertThat(settings.timeouts().request()).hasSeconds(9);
		}, "discovery.load-balancer.timeout.connect=7s", "discovery.load-balancer.services.worker.timeout.request=9s");
	}

	@Test
	void ignoresInvalidAttributesWithAWarning(CapturedOutput output) {
		for (String value : new String[] { "soon", "-1s", "1ms" }) {
			run(Map.of("discovery.timeout.request", value),
					(settings) -> assertThat(settings.timeouts().request()).hasSeconds(60));
			assertThat(output).contains("Service worker.corp has invalid attributes").contains(value);
		}
	}

	@Test
	void boundsCache() {
		this.runner.run((context) -> {
			ServiceAttributes attributes = new ServiceAttributes(
					(service) -> service.equals(WORKER) ? Map.of("discovery.timeout.request", "3s") : Map.of(),
					(service) -> true, Runnable::run, new ManualTimer(), Duration.ofMinutes(15));
			ServiceCallSettings settings = settings(context, attributes, true);
			for (int i = 0; i < 2500; i++) {
				settings.apply(new ServiceName(new Namespace("corp"), "made-up-" + i));
			}
			CallSettings worker = settings.apply(WORKER);
			assertThat(worker.timeouts().request()).hasSeconds(3);
			assertThat(settings.apply(WORKER)).isSameAs(worker);
			ServiceName late = new ServiceName(new Namespace("corp"), "late");
			assertThat(settings.apply(late)).isSameAs(settings.apply(late));
			assertThat((Map<?, ?>) ReflectionTestUtils.getField(settings, "computed")).hasSizeLessThanOrEqualTo(1000);
		});
	}

	@Test
	void otherRetriesDisableBuiltInRetries() {
		run(Map.of(), (settings) -> assertThat(settings.retry().maxRetries()).isZero(), "test.usual=false");
		run(Map.of(), (settings) -> assertThat(settings.retry().maxRetries()).isEqualTo(2), "test.usual=false",
				"discovery.load-balancer.retry.enabled=true");
		run(Map.of(), (settings) -> assertThat(settings.retry().maxRetries()).isZero(),
				"discovery.load-balancer.retry.enabled=false");
	}

	private void run(Map<String, String> attributes, Consumer<CallSettings> assertions, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			ManualTimer timer = new ManualTimer();
			ServiceAttributes known = new ServiceAttributes((service) -> attributes, (service) -> true, Runnable::run,
					timer, Duration.ofMinutes(15));
			boolean usual = context.getEnvironment().getProperty("test.usual", Boolean.class, true);
			ServiceCallSettings settings = settings(context, known, usual);
			assertions.accept(settings.apply(WORKER));
			assertThat(settings.apply(WORKER)).isSameAs(settings.apply(WORKER));
		});
	}

	private static ServiceCallSettings settings(ApplicationContext context, ServiceAttributes attributes,
			boolean usual) {
		ServiceLoadBalancerProperties properties = context.getBean(ServiceLoadBalancerProperties.class);
		return new ServiceCallSettings((service) -> properties.of(service).calls(usual),
				(service, shared) -> properties.of(service, shared, context.getEnvironment()).calls(usual), attributes);
	}

}
