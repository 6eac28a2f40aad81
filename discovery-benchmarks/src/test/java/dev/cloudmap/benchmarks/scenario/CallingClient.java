package dev.cloudmap.benchmarks.scenario;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A client of the application {@code discovery-benchmarks/clients}.
 */
enum CallingClient {

	REST_CLIENT_JDK, REST_CLIENT_JETTY, REST_CLIENT_REACTOR, REST_CLIENT_APACHE, REST_CLIENT_SIMPLE,
	REST_CLIENT_BUILDER, REST_TEMPLATE_JDK, REST_TEMPLATE_JETTY, REST_TEMPLATE_REACTOR, NEW_REST_TEMPLATE,
	WEB_CLIENT_REACTOR, WEB_CLIENT_JDK, WEB_CLIENT_JETTY, WEB_CLIENT_APACHE, FEIGN, FEIGN_JDK, GATEWAY_WEBFLUX,
	GATEWAY_WEBMVC;

	/** The clients whose requests wait until their timeout. */
	private static final Set<CallingClient> WAITING = EnumSet.of(REST_CLIENT_APACHE, REST_CLIENT_SIMPLE,
			GATEWAY_WEBMVC);

	/** Each kind of client, and each library. */
	static final Set<CallingClient> SELECTED = EnumSet.of(REST_CLIENT_JDK, REST_CLIENT_BUILDER, REST_TEMPLATE_JETTY,
			NEW_REST_TEMPLATE, WEB_CLIENT_REACTOR, WEB_CLIENT_JDK, FEIGN, GATEWAY_WEBFLUX);

	/**
	 * Returns the client with a name.
	 */
	static CallingClient named(String name) {
		return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
	}

	/**
	 * Returns whether a request that waits for an unresponsive instance is abandoned and
	 * sent to another one.
	 */
	boolean abandonsRequests() {
		return !WAITING.contains(this);
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
