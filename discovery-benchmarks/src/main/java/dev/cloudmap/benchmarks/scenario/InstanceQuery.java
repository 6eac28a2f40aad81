package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import dev.cloudmap.benchmarks.scenario.process.Http;

/**
 * Queries one source for the instances of a service, without the library under test.
 */
@FunctionalInterface
public interface InstanceQuery {

	/**
	 * Returns the ids of a service's instances.
	 * @throws UncheckedIOException if the source does not answer
	 */
	Set<String> instances(String service);

	/**
	 * Returns a query for the healthy instances in the registry's API.
	 * @param registry the registry's address
	 * @param namespace the namespace of the services
	 */
	static InstanceQuery api(URI registry, String namespace) {
		return (service) -> ids(Http.post(registry.resolve("/"),
				"{\"NamespaceName\":\"%s\",\"ServiceName\":\"%s\",\"HealthStatus\":\"HEALTHY\"}".formatted(namespace,
						service),
				"Content-Type", "application/x-amz-json-1.1", "X-Amz-Target",
				"Route53AutoNaming_v20170314.DiscoverInstances"));
	}

	/**
	 * Returns a query for the SRV records in the registry's DNS.
	 * @param registry the registry's address, which determines the address of its DNS
	 * @param namespace the namespace of the services
	 */
	static InstanceQuery dns(URI registry, String namespace) {
		Pattern address = Pattern.compile("\"dns\"\\s*:\\s*\"([^\"]*):(\\d+)\"");
		return (service) -> {
			String home = Http.get(registry.resolve("/"));
			Matcher dns = address.matcher(home);
			if (!dns.find()) {
				throw new IllegalStateException(
						"Expected the DNS address in the answer of the registry at " + registry + ", found: " + home);
			}
			return srvTargets(new InetSocketAddress(dns.group(1), Integer.parseInt(dns.group(2))),
					service + "." + namespace + ".");
		};
	}

	private static Set<String> srvTargets(InetSocketAddress server, String name) {
		try {
			Record question = Record.newRecord(Name.fromString(name), Type.SRV, DClass.IN);
			return new SimpleResolver(server).send(Message.newQuery(question))
				.getSection(Section.ANSWER)
				.stream()
				.filter(SRVRecord.class::isInstance)
				.map((answer) -> ((SRVRecord) answer).getTarget().getLabelString(0))
				.collect(Collectors.toSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns a query for the workers that an application's {@code DiscoveryClient}
	 * lists.
	 * @param workers the URI of the list in the application
	 */
	static InstanceQuery application(URI workers) {
		return (service) -> ids(Http.get(workers));
	}

	private static Set<String> ids(String json) {
		return Pattern.compile("(?i)\"instanceId\"\\s*:\\s*\"([^\"]+)\"")
			.matcher(json)
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toSet());
	}

}
