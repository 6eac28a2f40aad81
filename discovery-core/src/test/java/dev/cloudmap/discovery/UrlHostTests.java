package dev.cloudmap.discovery;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class UrlHostTests {

	@ParameterizedTest
	@CsvSource({ "http://my_service/, discovery.aliases.my-service=my_service, http://my-service/",
			"http://my_service:8080/a?b=c, discovery.aliases.my-service=my_service, http://my-service/",
			"http://user@my_service/, discovery.aliases.my-service=my_service, http://my-service/",
			"lb://My_Service, discovery.aliases.my-service=My_Service, http://my-service/",
			"http://_grpc/, discovery.aliases.grpc=_grpc, http://grpc/",
			"http://v1.2/, discovery.aliases.v1-2=v1.2, http://v1-2/",
			"http://worker.my_corp/, discovery.aliases[worker.my-corp]=worker.my_corp, http://worker.my-corp/" })
	void proposesAnAliasForAUrlWithoutHost(URI url, String alias, String call) {
		assertThat(UrlHost.missing(url)).hasMessageStartingWith("No host in " + url)
			.hasMessageContaining("Set " + alias + " and call " + call);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://stra\u00dfe/", "http://-worker/", "http://a..b/" })
	void reportsAHostThatIsNotAServiceName(String url) {
		assertThat(UrlHost.missing(URI.create(url))).hasMessageContaining("is not a valid service name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/relative", "http:///path" })
	void reportsAUrlWithoutAuthority(String url) {
		assertThat(UrlHost.missing(URI.create(url))).hasMessageContaining("expected a service's name")
			.hasMessageNotContaining("alias");
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker", "Worker", "123", "1worker", "a--b", "a.b.corp", "9.corp" })
	void acceptsValidHosts(String name) {
		assertThat(UrlHost.isValid(name)).isTrue();
	}

	@Test
	void theProposedAliasIsValid() {
		Namespaces namespaces = Namespaces.of(new Namespace("corp"));
		assertThat(Aliases.of(namespaces, Map.of("my-service", "my_service")).service("my-service"))
			.isEqualTo(new ServiceName(namespaces.byDefault(), "my_service"));
	}

}
