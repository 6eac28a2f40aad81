package dev.cloudmap.discovery.lifecycle;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP connector of the Tomcat that has a web application, found through JMX, where
 * Tomcat registers its connectors and web applications.
 *
 * @param port the port that it is bound to
 * @param secure whether it expects TLS
 * @param accepting whether it accepts requests
 */
record TomcatConnector(int port, boolean secure, boolean accepting) {

	private static final Logger logger = LoggerFactory.getLogger(TomcatConnector.class);

	/** One without TLS first. */
	private static final Comparator<TomcatConnector> ORDER = Comparator.comparing(TomcatConnector::secure)
		.thenComparing(TomcatConnector::port);

	/**
	 * Finds the connector for a web application: one without TLS if there are several,
	 * and the lowest port of those.
	 * @param contextPath the path of the web application; empty for the root
	 * @return the connector; empty if the application is not in a Tomcat that registers
	 * its connectors
	 */
	static Optional<TomcatConnector> of(String contextPath) {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		try {
			Set<ObjectName> applications = server.queryNames(
					new ObjectName(
							"*:j2eeType=WebModule,name=//*" + (contextPath.isEmpty() ? "/" : contextPath) + ",*"),
					null);
			return applications.stream()
				.map(ObjectName::getDomain)
				.distinct()
				.flatMap((domain) -> connectors(server, domain))
				.min(ORDER);
		}
		catch (JMException ex) {
			logger.debug("The connectors of Tomcat can't be read", ex);
			return Optional.empty();
		}
	}

	private static Stream<TomcatConnector> connectors(MBeanServer server, String domain) {
		try {
			return server.queryNames(new ObjectName(domain + ":type=Connector,*"), null)
				.stream()
				.flatMap((name) -> connector(server, name).stream());
		}
		catch (JMException ex) {
			logger.debug("The connectors of Tomcat in {} can't be read", domain, ex);
			return Stream.empty();
		}
	}

	private static Optional<TomcatConnector> connector(MBeanServer server, ObjectName name) {
		try {
			String protocol = String.valueOf(server.getAttribute(name, "protocol"));
			int local = (Integer) server.getAttribute(name, "localPort");
			int port = (local > 0) ? local : (Integer) server.getAttribute(name, "port");
			if (protocol.toLowerCase(Locale.ROOT).contains("ajp") || port <= 0) {
				return Optional.empty();
			}
			boolean accepting = "STARTED".equals(server.getAttribute(name, "stateName"));
			return Optional.of(new TomcatConnector(port, isSecure(server, name), accepting));
		}
		catch (JMException | ClassCastException ex) {
			logger.debug("{} can't be read", name, ex);
			return Optional.empty();
		}
	}

	/**
	 * A connector behind a proxy may declare itself secure without TLS, so the protocol
	 * handler, which has the same key, is read.
	 */
	private static boolean isSecure(MBeanServer server, ObjectName connector) throws JMException {
		try {
			ObjectName handler = new ObjectName(
					connector.getCanonicalName().replace("type=Connector", "type=ProtocolHandler"));
			return Boolean.TRUE.equals(server.getAttribute(handler, "SSLEnabled"));
		}
		catch (InstanceNotFoundException | AttributeNotFoundException ex) {
			return "https".equals(server.getAttribute(connector, "scheme"));
		}
	}

}
