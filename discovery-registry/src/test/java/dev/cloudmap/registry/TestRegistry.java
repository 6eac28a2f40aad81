package dev.cloudmap.registry;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.DClass;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

/**
 * A registry on free ports with an AWS SDK client and a DNS resolver.
 */
public final class TestRegistry implements AutoCloseable {

	private static final String TARGET = "Route53AutoNaming_v20170314.";

	private final RegistryServer server;

	private final ServiceDiscoveryClient client;

	private TestRegistry(RegistryServer server) {
		this.server = server;
		this.client = client(server.endpoint());
	}

	/**
	 * Returns an AWS SDK client without retries.
	 */
	public static ServiceDiscoveryClient client(URI endpoint) {
		return client(endpoint, AwsBasicCredentials.create("id", "secret"), Region.EU_WEST_1);
	}

	/**
	 * Returns a client with the given credentials and region.
	 */
	public ServiceDiscoveryClient client(AwsCredentials credentials, Region region) {
		return client(endpoint(), credentials, region);
	}

	private static ServiceDiscoveryClient client(URI endpoint, AwsCredentials credentials, Region region) {
		return ServiceDiscoveryClient.builder()
			.endpointOverride(endpoint)
			.region(region)
			.credentialsProvider(StaticCredentialsProvider.create(credentials))
			.httpClientBuilder(UrlConnectionHttpClient.builder())
			.overrideConfiguration((configuration) -> configuration
				.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
				.retryStrategy((retry) -> retry.maxAttempts(1)))
			.build();
	}

	public static TestRegistry start() {
		return start(UnaryOperator.identity());
	}

	public static TestRegistry start(UnaryOperator<RegistryOptions> customizer) {
		RegistryOptions options = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);
		return new TestRegistry(RegistryServer.start(customizer.apply(options)));
	}

	public RegistryServer server() {
		return this.server;
	}

	public URI endpoint() {
		return this.server.endpoint();
	}

	public ServiceDiscoveryClient client() {
		return this.client;
	}

	/**
	 * Creates a private DNS namespace and returns its id.
	 */
	public String createDnsNamespace(String name) {
		return createDnsNamespace(name, "vpc-1");
	}

	/**
	 * Creates a DNS namespace that is private to a VPC and returns its id.
	 */
	public String createDnsNamespace(String name, String vpc) {
		return namespaceOf(
				this.client.createPrivateDnsNamespace((request) -> request.name(name).vpc(vpc)).operationId());
	}

	/**
	 * Creates an HTTP namespace and returns its id.
	 */
	public String createHttpNamespace(String name) {
		return namespaceOf(this.client.createHttpNamespace((request) -> request.name(name)).operationId());
	}

	private String namespaceOf(String operation) {
		return this.client.getOperation((request) -> request.operationId(operation))
			.operation()
			.targets()
			.get(OperationTargetType.NAMESPACE);
	}

	/**
	 * Creates a service with custom health and records of some types and returns its id.
	 */
	public String createDnsService(String namespaceId, String name, RoutingPolicy policy, RecordType... types) {
		return this.client
			.createService((request) -> request.name(name)
				.namespaceId(namespaceId)
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build())
				.dnsConfig((dns) -> dns.routingPolicy(policy)
					.dnsRecords(Arrays.stream(types)
						.map((type) -> DnsRecord.builder().type(type).ttl(10L).build())
						.toList())))
			.service()
			.id();
	}

	/**
	 * Creates a service with custom health that only the API can discover.
	 */
	public String createHttpService(String namespaceId, String name) {
		return this.client
			.createService((request) -> request.name(name)
				.namespaceId(namespaceId)
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()))
			.service()
			.id();
	}

	public void register(String serviceId, String instanceId, Map<String, String> attributes) {
		this.client
			.registerInstance((request) -> request.serviceId(serviceId).instanceId(instanceId).attributes(attributes));
	}

	/**
	 * Queries over UDP, and over TCP if the answer is truncated.
	 */
	public Message query(String name, int type) throws Exception {
		return resolver().send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
	}

	public SimpleResolver resolver() {
		return new SimpleResolver(this.server.dnsAddress());
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

	/**
	 * Opens a raw connection to the API.
	 */
	public Socket connect() throws IOException {
		Socket socket = new Socket(endpoint().getHost(), endpoint().getPort());
		socket.setSoTimeout(10_000);
		return socket;
	}

	/**
	 * Returns a request for an operation.
	 */
	public static HttpRequest request(URI endpoint, String operation, String body) {
		return HttpRequest.newBuilder(endpoint)
			.header("X-Amz-Target", TARGET + operation)
			.POST(BodyPublishers.ofString(body))
			.build();
	}

	/**
	 * Returns the text of a request.
	 */
	public static String requestText(String operation, String body, String... headers) {
		return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: " + TARGET + operation + "\r\nContent-Length: "
				+ body.length() + "\r\n"
				+ String.join("", List.of(headers).stream().map((header) -> header + "\r\n").toList()) + "\r\n" + body;
	}

	/**
	 * Reads until the registry closes the connection.
	 */
	public static String readAll(Socket socket) throws IOException {
		return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

}
