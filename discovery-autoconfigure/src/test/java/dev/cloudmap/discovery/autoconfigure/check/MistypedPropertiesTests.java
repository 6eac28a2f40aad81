package dev.cloudmap.discovery.autoconfigure.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CompositePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.LoadBalancerProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Detection of mistyped names, and the suggested corrections.
 */
class MistypedPropertiesTests {

	private static final Map<String, Class<?>> GROUPS = Map.of("discovery", DiscoveryProperties.class,
			"discovery.load-balancer", LoadBalancerProperties.class);

	private static List<String> messages(PropertySource<?> source) {
		return find(source).entrySet()
			.stream()
			.map((unknown) -> unknown.getKey().message(unknown.getValue().orElse("")))
			.toList();
	}

	private static Map<SetProperty, Optional<String>> find(PropertySource<?> source,
			ConfigurationPropertyName... bound) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().forEach((other) -> environment.getPropertySources().remove(other.getName()));
		environment.getPropertySources().addFirst(source);
		return new UnknownProperties(GROUPS).find(environment, Set.of(bound));
	}

	private static String suggestions(PropertySource<?> source, ConfigurationPropertyName... bound) {
		return find(source, bound).values().stream().map((meant) -> meant.orElse("")).findFirst().orElse("known");
	}

	private static PropertySource<?> property(String name) {
		return new MapPropertySource("test", Map.of(name, "1"));
	}

	private static PropertySource<?> variable(String name, String value) {
		return new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, value));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			discovery.lookup.refesh               | discovery.lookup.refresh
			discovery.lookup.reFesh               | discovery.lookup.refresh
			discovery.lookup.full_refersh         | discovery.lookup.full-refresh
			discovery.namspace                    | discovery.namespace
			discovery.namespaces                  | discovery.namespace
			discovery.name.space                  | discovery.namespace
			discovery.enable                      | discovery.enabled
			discovery.regsitry                    | discovery.registry
			discovery.clodmap.region              | discovery.cloud-map.region
			discovery.cloud.map.region            | discovery.cloud-map.region
			discovery.embeded.http-prot           | discovery.embedded.http-port
			discovery.lookup-refresh              | discovery.lookup.refresh
			discovery.lookup.dns.server           | discovery.lookup.dns.servers
			discovery.lookup.dns.severs[0]        | discovery.lookup.dns.servers[0]
			discovery.lookup.namespaces.0         | discovery.lookup.namespaces[0]
			discovery.registration.heath.group    | discovery.registration.health.group
			discovery.registration.metdata.zone   | discovery.registration.metadata.zone
			discovery.alias.payments              | discovery.aliases.payments
			discovery.load-balancer.retry.status  | discovery.load-balancer.retry.statuses
			discovery.loadbalancer.timeout.idel   | discovery.load-balancer.timeout.idle
			""")
	void suggestsNearestProperty(String written, String meant) {
		assertThat(suggestions(property(written))).isEqualTo(meant);
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.host", "discovery.port", "discovery.region", "discovery.timeout",
			"discovery.refresh", "discovery.dns.servers", "discovery.services.worker.port", "discovery.registry.type",
			"discovery.lookup.refresh-interval", "discovery.lookup.services.worker.colour" })
	void nameOfAnotherGroupMayBelongToApplication(String written) {
		assertThat(suggestions(property(written))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.lookup.refresh", "discovery.lookup.fullRefresh",
			"discovery.lookup.full_refresh", "DISCOVERY.NAMESPACE", "discovery.name-space", "discovery.cloudmap.region",
			"discovery.lookup.dns.servers[3]", "discovery.aliases.any", "discovery.aliases.server.hello-world.com",
			"discovery.aliases[a/b.c]", "discovery.registration.metadata.example.com",
			"discovery.registration.metadata.refesh", "discovery.registration.metadata.gRPC_port",
			"discovery.lookup.services.prot.port", "discovery.lookup.services[worker.partner].port",
			"discovery.lookup.services.worker.query-parameters.app.version",
			"discovery.load-balancer.services.worker.outlier.max-ejected",
			"discovery.load-balancer.subset.headers.X-Slot", "discovery.aliases", "discovery.lookup",
			"spring.cloud.discovery.enabld", "discoveryx.lookup.refesh", "management.health.discovery.enabled" })
	void ignoresKnownAndFreeNames(String written) {
		assertThat(find(property(written))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.geo.database", "discovery.geo.timeout.connect", "discovery.node",
			"discovery.something", "discovery.url" })
	void dissimilarNameHasNoSuggestion(String written) {
		assertThat(suggestions(property(written))).isEmpty();
	}

	@Test
	void ignoresBoundNames() {
		assertThat(find(property("discovery.look-ups.idel"), ConfigurationPropertyName.of("discovery.look-ups.idel")))
			.isEmpty();
		assertThat(find(property("discovery.lookups.hosts[7]"),
				ConfigurationPropertyName.of("discovery.lookups.hosts[0]")))
			.isEmpty();
		assertThat(
				find(variable("DISCOVERY_LOOK_UPS_IDEL", "1"), ConfigurationPropertyName.of("discovery.look-ups.idel")))
			.isEmpty();
	}

	@Test
	void ignoresNonEnumerableSource() {
		CompositePropertySource composite = new CompositePropertySource("composite");
		composite.addPropertySource(new PropertySource<>("unlisted", new Object()) {

			@Override
			public @Nullable Object getProperty(String name) {
				return null;
			}

		});
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(property("discovery.namspace"));
		environment.getPropertySources().addFirst(composite);
		assertThat(MissingNamespace.in(environment, GROUPS)).hasMessageContaining("Did you mean discovery.namespace?");
		assertThat(new UnknownProperties(GROUPS).find(environment, Set.of())).hasSize(1);
	}

	@Nested
	class BelowMaps {

		@ParameterizedTest
		@CsvSource(delimiter = '|',
				textBlock = """
						discovery.lookup.services.worker.partner.port | discovery.lookup.services[worker.partner].port
						discovery.lookup.services.a.b.c.health | discovery.lookup.services[a.b.c].health
						discovery.lookup.services.worker.partner.query-parameters.x | discovery.lookup.services[worker.partner].query-parameters.x
						discovery.load-balancer.services.worker.partner.retry.max-retries | discovery.load-balancer.services[worker.partner].retry.max-retries
						discovery.load-balancer.services.worker.partner.zone | discovery.load-balancer.services[worker.partner].zone
						""")
		void keyWithDotsRequiresBrackets(String written, String meant) {
			assertThat(messages(property(written))).singleElement()
				.asString()
				.contains(" has no effect as written. Did you mean " + meant + "? ")
				.contains("written in brackets, in YAML as \"[a.b]\"");
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|',
				textBlock = """
						discovery.lookup.services.worker.prot | discovery.lookup.services.worker.port
						discovery.lookup.services.worker.partner.prot | discovery.lookup.services[worker.partner].port
						discovery.lookup.services[worker.partner].prot | discovery.lookup.services[worker.partner].port
						discovery.lookup.service.worker.port | discovery.lookup.services.worker.port
						discovery.load-balancer.services.worker.balancign | discovery.load-balancer.services.worker.balancing
						discovery.load-balancer.services.worker.outlier.windwo | discovery.load-balancer.services.worker.outlier.window
						""")
		void comparesSettingsOfService(String written, String meant) {
			assertThat(suggestions(property(written))).isEqualTo(meant);
		}

	}

	@Nested
	class EnvironmentVariables {

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				DISCOVERY_LOOKUP_REFESH             | discovery.lookup.refresh
				DISCOVERY_NAMSPACE                  | discovery.namespace
				DISCOVERY_NAME_SPACE                | discovery.namespace
				DISCOVERY_LOAD_BALANCR_TIMEOUT_IDLE | discovery.load-balancer.timeout.idle
				DISCOVERY_EMBEDED_HTTPPORT          | discovery.embedded.http-port
				DISCOVERY_EMBEDED_HTTP_PORT         | discovery.embedded.http-port
				DISCOVERY_LOOKUP_DNS_SERVER_0       | discovery.lookup.dns.servers[0]
				discovery_lookup_refesh             | discovery.lookup.refresh
				""")
		void suggestsNearestVariable(String written, String meant) {
			assertThat(messages(variable(written, "1"))).singleElement()
				.asString()
				.contains("(\"" + written + "\" from property source ")
				.endsWith("Did you mean " + meant + "?");
		}

		@ParameterizedTest
		@ValueSource(strings = { "DISCOVERY_NAMESPACE", "DISCOVERY_LOOKUP_FULLREFRESH", "DISCOVERY_LOOKUP_FULL_REFRESH",
				"DISCOVERY_LOAD_BALANCER_OUTLIER_MAX_EJECTED", "DISCOVERY_CLOUDMAP_REGION",
				"DISCOVERY_LOOKUP_NAMESPACES_0", "DISCOVERY_ALIASES_PAYMENTS", "DISCOVERY_REGISTRATION_METADATA_A_B",
				"DISCOVERY_LOOKUP_SERVICES_WORKER_PORT" })
		void ignoresKnownVariable(String written) {
			assertThat(find(variable(written, "1"))).isEmpty();
		}

		@ParameterizedTest
		@CsvSource({ "DISCOVERY_PORT, tcp://10.0.0.1:80", "DISCOVERY_SERVICE_HOST, 10.0.0.1",
				"DISCOVERY_SERVICE_PORT, 80", "DISCOVERY_SERVICE_PORT_HTTP, 80",
				"DISCOVERY_PORT_80_TCP, tcp://10.0.0.1:80", "DISCOVERY_PORT_80_TCP_PROTO, tcp",
				"DISCOVERY_PORT_80_TCP_PORT, 80", "DISCOVERY_PORT_80_TCP_ADDR, 10.0.0.1",
				"DISCOVERY_LOOKUPS_SERVICE_HOST, 10.0.0.1", "DISCOVERY_EMBEDED_HTTP_PORT, tcp://10.0.0.1:80" })
		void ignoresServiceVariablesOfKubernetes(String written, String value) {
			assertThat(find(variable(written, value))).isEmpty();
		}

		@ParameterizedTest
		@ValueSource(strings = { "DISCOVERY_PORT", "DISCOVERY_HOST", "DISCOVERY_URL", "DISCOVERY_NAME",
				"DISCOVERY_NAMESPACE_ID", "DISCOVERY_REGION", "DISCOVERY_SERVER_URL", "DISCOVERY_REFRESH" })
		void commonPrefixAloneHasNoSuggestion(String written) {
			assertThat(suggestions(variable(written, "1"))).isEmpty();
		}

		@Test
		void serviceWithDotsCannotBeSetByVariable() {
			assertThat(messages(variable("DISCOVERY_LOOKUP_SERVICES_MY_WORKER_PORT", "1"))).singleElement()
				.asString()
				.contains("discovery.lookup.services[my.worker].port", "can't be set by an environment variable");
		}

	}

	@Test
	void messageContainsFileAndLine() {
		TextResourceOrigin origin = new TextResourceOrigin(new ClassPathResource("application.yml"),
				new TextResourceOrigin.Location(2, 13));
		PropertySource<?> file = new OriginTrackedMapPropertySource("file",
				Map.of("discovery.lookup.refesh", OriginTrackedValue.of("3s", origin)));
		assertThat(messages(file)).containsExactly(
				"Property discovery.lookup.refesh (class path resource [application.yml] - 3:14) is unknown. "
						+ "Did you mean discovery.lookup.refresh?");
	}

}
