package dev.cloudmap.benchmarks.clients;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;

/**
 * An HTTP client with one of its libraries.
 */
enum Client {

	REST_CLIENT_JDK(RestClientApplication.class, imperative("jdk")),

	REST_CLIENT_JETTY(RestClientApplication.class, imperative("jetty")),

	REST_CLIENT_REACTOR(RestClientApplication.class, imperative("reactor")),

	REST_CLIENT_APACHE(RestClientApplication.class, imperative("http-components")),

	REST_CLIENT_SIMPLE(RestClientApplication.class, imperative("simple")),

	/** {@code RestClient.builder()}, here with Apache's client. */
	REST_CLIENT_BUILDER(RestClientBuilderApplication.class),

	REST_TEMPLATE_JDK(RestTemplateApplication.class, imperative("jdk")),

	REST_TEMPLATE_JETTY(RestTemplateApplication.class, imperative("jetty")),

	REST_TEMPLATE_REACTOR(RestTemplateApplication.class, imperative("reactor")),

	/** {@code new RestTemplate()}, which uses {@code HttpURLConnection}. */
	NEW_REST_TEMPLATE(NewRestTemplateApplication.class),

	WEB_CLIENT_REACTOR(WebClientApplication.class, WebApplicationType.REACTIVE, reactive("reactor")),

	WEB_CLIENT_JDK(WebClientApplication.class, WebApplicationType.REACTIVE, reactive("jdk")),

	WEB_CLIENT_JETTY(WebClientApplication.class, WebApplicationType.REACTIVE, reactive("jetty")),

	WEB_CLIENT_APACHE(WebClientApplication.class, WebApplicationType.REACTIVE, reactive("http-components")),

	/** OpenFeign with its default client, {@code HttpURLConnection}. */
	FEIGN(FeignApplication.class),

	FEIGN_JDK(FeignApplication.class, "--spring.cloud.openfeign.http2client.enabled=true"),

	GATEWAY_WEBFLUX(GatewayWebFluxApplication.class, WebApplicationType.REACTIVE, null),

	GATEWAY_WEBMVC(GatewayWebMvcApplication.class);

	private final Class<?> application;

	private final WebApplicationType type;

	private final @Nullable String option;

	Client(Class<?> application) {
		this(application, WebApplicationType.SERVLET, null);
	}

	Client(Class<?> application, String option) {
		this(application, WebApplicationType.SERVLET, option);
	}

	Client(Class<?> application, WebApplicationType type, @Nullable String option) {
		this.application = application;
		this.type = type;
		this.option = option;
	}

	private static String imperative(String library) {
		return "--spring.http.clients.imperative.factory=" + library;
	}

	private static String reactive(String library) {
		return "--spring.http.clients.reactive.connector=" + library;
	}

	/**
	 * Returns the client with a name.
	 * @throws IllegalArgumentException if there is none
	 */
	static Client named(String name) {
		return Stream.of(values())
			.filter((client) -> client.toString().equals(name))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException(
					"Unknown client '" + name + "'; expected one of " + Arrays.toString(values())));
	}

	/**
	 * Returns the configuration class of the application.
	 */
	Class<?> application() {
		return this.application;
	}

	WebApplicationType type() {
		return this.type;
	}

	/**
	 * Returns the properties of the application, as {@code --name=value}.
	 */
	Stream<String> options() {
		// the gateway on WebFlux does not start in an application on Spring MVC
		return Stream.concat(
				Stream.of("--spring.application.name=" + this,
						"--spring.cloud.gateway.server.webflux.enabled=" + (this == GATEWAY_WEBFLUX)),
				Stream.ofNullable(this.option));
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
