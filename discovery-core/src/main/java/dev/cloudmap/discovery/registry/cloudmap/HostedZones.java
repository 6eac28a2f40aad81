package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryServiceClientConfiguration;
import software.amazon.awssdk.utils.AttributeMap;

import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapHttpClient;
import dev.cloudmap.discovery.registry.cloudmap.connection.LimitedInputStream;
import dev.cloudmap.discovery.registry.cloudmap.connection.ProxyRoute;
import dev.cloudmap.discovery.registry.cloudmap.connection.RequestSigner;

/**
 * Looks up the VPCs of private hosted zones in Amazon Route 53 (Amazon Route 53 API
 * Reference, {@code GetHostedZone}). The Cloud Map API does not return them. This class
 * sends its only request without the AWS SDK's module for Route 53.
 */
final class HostedZones {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

	private static final String PATH = "/2013-04-01/hostedzone/";

	private static final int OK = 200;

	/**
	 * The maximum size of an answer, in bytes. A zone has up to 300 VPCs of about 100
	 * bytes each.
	 */
	static final int MAX_ANSWER = 256 << 10;

	private static final String ROOT = "GetHostedZoneResponse";

	private final ServiceDiscoveryClient client;

	/**
	 * Creates the lookup.
	 * @param client the client that provides the credentials and the endpoint
	 */
	HostedZones(ServiceDiscoveryClient client) {
		this.client = client;
	}

	/**
	 * Returns the ids of the VPCs that are associated with a private hosted zone.
	 * @param id the zone's id
	 * @throws IOException if the request to Route 53 fails
	 */
	Set<String> vpcs(String id) throws IOException {
		ServiceDiscoveryServiceClientConfiguration configuration = CloudMapEndpoint.configuration(this.client);
		if (configuration == null) {
			throw new IOException("the client of Cloud Map does not tell its configuration");
		}
		Service service = Service.of(CloudMapEndpoint.of(this.client));
		SdkHttpRequest request = SdkHttpRequest.builder()
			.method(SdkHttpMethod.GET)
			.uri(service.endpoint.resolve(PATH + id))
			.build();
		try (SdkHttpClient http = CloudMapHttpClient.builder(CONNECT_TIMEOUT, READ_TIMEOUT)
			.buildWithDefaults(AttributeMap.empty())) {
			SdkHttpRequest signed = new RequestSigner(configuration.credentialsProvider()).sign(request, "route53",
					service.region);
			HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder().request(signed).build())
				.call();
			return read(response);
		}
		catch (IOException | RuntimeException ex) {
			throw new IOException("Route 53 at " + service.endpoint + " did not answer GetHostedZone"
					+ ProxyRoute.describe(ProxyRoute.ofSdk(service.endpoint)) + ": " + ex.getMessage(), ex);
		}
	}

	private static Set<String> read(HttpExecuteResponse response) throws IOException {
		int status = response.httpResponse().statusCode();
		AbortableInputStream body = response.responseBody().orElse(null);
		if (body == null || status != OK) {
			if (body != null) {
				body.close();
			}
			throw new IOException("status " + status);
		}
		try (body) {
			Set<String> vpcs = new HashSet<>();
			Element root = parse(new LimitedInputStream(body, MAX_ANSWER)).getDocumentElement();
			if (!ROOT.equals(root.getTagName())) {
				throw new IOException("expected XML with the element " + ROOT + ", found " + root.getTagName());
			}
			NodeList ids = root.getElementsByTagName("VPCId");
			for (int i = 0; i < ids.getLength(); i++) {
				vpcs.add(ids.item(i).getTextContent().trim());
			}
			return vpcs;
		}
	}

	private static Document parse(InputStream xml) throws IOException {
		try {
			DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
			factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
			factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
			return factory.newDocumentBuilder().parse(xml);
		}
		catch (ParserConfigurationException | SAXException ex) {
			throw new IOException("expected XML with the element " + ROOT + ", found no XML", ex);
		}
	}

	/**
	 * The endpoint of Route 53 and the region in its signatures.
	 */
	private record Service(URI endpoint, String region) {

		static Service of(CloudMapEndpoint cloudMap) {
			if (cloudMap.override() != null && !cloudMap.isInAwsDomain()) {
				return new Service(cloudMap.override(), Objects.requireNonNullElse(cloudMap.region(), "us-east-1"));
			}
			String region = String.valueOf(cloudMap.region());
			if (region.startsWith("cn-")) {
				return new Service(URI.create("https://route53.amazonaws.com.cn"), "cn-northwest-1");
			}
			if (region.startsWith("us-gov-")) {
				return new Service(URI.create("https://route53.us-gov.amazonaws.com"), "us-gov-west-1");
			}
			return new Service(URI.create("https://route53.amazonaws.com"), "us-east-1");
		}

	}

}
