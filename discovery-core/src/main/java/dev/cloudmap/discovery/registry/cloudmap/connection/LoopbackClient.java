package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CreateHttpNamespaceRequest;
import software.amazon.awssdk.services.servicediscovery.model.CreateHttpNamespaceResponse;
import software.amazon.awssdk.services.servicediscovery.model.CreatePrivateDnsNamespaceRequest;
import software.amazon.awssdk.services.servicediscovery.model.CreatePrivateDnsNamespaceResponse;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceResponse;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.DeregisterInstanceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DeregisterInstanceResponse;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRevisionRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRevisionResponse;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.GetInstanceRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetInstanceResponse;
import software.amazon.awssdk.services.servicediscovery.model.GetOperationRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetOperationResponse;
import software.amazon.awssdk.services.servicediscovery.model.GetServiceAttributesRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetServiceAttributesResponse;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesRequest;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesResponse;
import software.amazon.awssdk.services.servicediscovery.model.ListServicesRequest;
import software.amazon.awssdk.services.servicediscovery.model.ListServicesResponse;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.RegisterInstanceRequest;
import software.amazon.awssdk.services.servicediscovery.model.RegisterInstanceResponse;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.UpdateInstanceCustomHealthStatusRequest;
import software.amazon.awssdk.services.servicediscovery.model.UpdateInstanceCustomHealthStatusResponse;

import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.ShortExchange;

/**
 * A client of the embedded registry, with the requests and answers of the SDK and none of
 * its classes for signatures, retries, endpoints and HTTP, which take longer to load than
 * the rest of the library. It has the operations that the library uses; others throw an
 * {@link UnsupportedOperationException}. Requests are neither signed nor repeated.
 * Thread-safe.
 */
public final class LoopbackClient implements ServiceDiscoveryClient {

	private static final String TARGET_PREFIX = "Route53AutoNaming_v20170314.";

	private static final ShortExchange.Limits LIMITS = new ShortExchange.Limits(Duration.ofSeconds(3),
			CloudMapHttpClient.MAX_ANSWER);

	private static final int OK = 200;

	/** The errors that the library distinguishes, by their wire names. */
	private static final Map<String, Supplier<? extends AwsServiceException.Builder>> ERRORS = Map.of(
			"CustomHealthNotFound", CustomHealthNotFoundException::builder, "DuplicateRequest",
			DuplicateRequestException::builder, "InstanceNotFound", InstanceNotFoundException::builder,
			"NamespaceAlreadyExists", NamespaceAlreadyExistsException::builder, "NamespaceNotFound",
			NamespaceNotFoundException::builder, "ServiceAlreadyExists", ServiceAlreadyExistsException::builder,
			"ServiceNotFound", ServiceNotFoundException::builder);

	/** The headers of an answer that the library reads. */
	private static final Set<String> HEADERS = Set.of("X-Discovery-Revision");

	private final URI uri;

	private final String region;

	/**
	 * Creates the client. It opens a connection for each request.
	 * @param endpoint the endpoint of the registry
	 * @param region the region of the registry
	 */
	public LoopbackClient(URI endpoint, String region) {
		this.uri = endpoint.resolve("/");
		this.region = region;
	}

	CloudMapEndpoint endpoint() {
		return new CloudMapEndpoint(this.uri, this.region);
	}

	AwsCredentialsProvider credentials() {
		return AnonymousCredentialsProvider.create();
	}

	@Override
	public String serviceName() {
		return SERVICE_NAME;
	}

	@Override
	public CreateHttpNamespaceResponse createHttpNamespace(CreateHttpNamespaceRequest request) {
		return call("CreateHttpNamespace", request, CreateHttpNamespaceResponse.builder()).build();
	}

	@Override
	public CreatePrivateDnsNamespaceResponse createPrivateDnsNamespace(CreatePrivateDnsNamespaceRequest request) {
		return call("CreatePrivateDnsNamespace", request, CreatePrivateDnsNamespaceResponse.builder()).build();
	}

	@Override
	public CreateServiceResponse createService(CreateServiceRequest request) {
		return call("CreateService", request, CreateServiceResponse.builder()).build();
	}

	@Override
	public DeregisterInstanceResponse deregisterInstance(DeregisterInstanceRequest request) {
		return call("DeregisterInstance", request, DeregisterInstanceResponse.builder()).build();
	}

	@Override
	public DiscoverInstancesResponse discoverInstances(DiscoverInstancesRequest request) {
		return call("DiscoverInstances", request, DiscoverInstancesResponse.builder()).build();
	}

	@Override
	public DiscoverInstancesRevisionResponse discoverInstancesRevision(DiscoverInstancesRevisionRequest request) {
		return call("DiscoverInstancesRevision", request, DiscoverInstancesRevisionResponse.builder()).build();
	}

	@Override
	public GetInstanceResponse getInstance(GetInstanceRequest request) {
		return call("GetInstance", request, GetInstanceResponse.builder()).build();
	}

	@Override
	public GetOperationResponse getOperation(GetOperationRequest request) {
		return call("GetOperation", request, GetOperationResponse.builder()).build();
	}

	@Override
	public GetServiceAttributesResponse getServiceAttributes(GetServiceAttributesRequest request) {
		return call("GetServiceAttributes", request, GetServiceAttributesResponse.builder()).build();
	}

	@Override
	public ListNamespacesResponse listNamespaces(ListNamespacesRequest request) {
		return call("ListNamespaces", request, ListNamespacesResponse.builder()).build();
	}

	@Override
	public ListServicesResponse listServices(ListServicesRequest request) {
		return call("ListServices", request, ListServicesResponse.builder()).build();
	}

	@Override
	public RegisterInstanceResponse registerInstance(RegisterInstanceRequest request) {
		return call("RegisterInstance", request, RegisterInstanceResponse.builder()).build();
	}

	@Override
	public UpdateInstanceCustomHealthStatusResponse updateInstanceCustomHealthStatus(
			UpdateInstanceCustomHealthStatusRequest request) {
		return call("UpdateInstanceCustomHealthStatus", request, UpdateInstanceCustomHealthStatusResponse.builder())
			.build();
	}

	private <B extends SdkResponse.Builder & SdkPojo> B call(String operation, SdkPojo request, B response) {
		ShortExchange.Answer answer = send(operation, request);
		SdkHttpResponse head = head(answer);
		if (answer.status() != OK) {
			throw refusal(answer, head);
		}
		try {
			if (!answer.body().isEmpty()) {
				PojoJson.read(JsonObjects.read(answer.body()), response);
			}
		}
		catch (IOException | ClassCastException ex) {
			throw SdkClientException.create("Unable to unmarshall the answer to " + operation, ex);
		}
		response.sdkHttpResponse(head);
		return response;
	}

	private ShortExchange.Answer send(String operation, SdkPojo request) {
		try {
			return ShortExchange.post(this.uri,
					Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", TARGET_PREFIX + operation),
					JsonObjects.write(PojoJson.members(request)), LIMITS);
		}
		catch (IOException ex) {
			throw SdkClientException.create("Unable to execute HTTP request: " + ex.getMessage(), ex);
		}
	}

	private static SdkHttpResponse head(ShortExchange.Answer answer) {
		SdkHttpResponse.Builder head = SdkHttpResponse.builder().statusCode(answer.status());
		for (String name : HEADERS) {
			String value = answer.headers().get(name);
			if (value != null) {
				head.putHeader(name, value);
			}
		}
		return head.build();
	}

	private static AwsServiceException refusal(ShortExchange.Answer answer, SdkHttpResponse head) {
		Map<String, Object> members = JsonObjects.parse(answer.body());
		Object type = members.get("__type");
		String code = (type != null) ? type.toString().substring(type.toString().indexOf('#') + 1) : null;
		Supplier<? extends AwsServiceException.Builder> error = (code != null) ? ERRORS.get(code) : null;
		AwsServiceException.Builder builder = (error != null) ? error.get() : ServiceDiscoveryException.builder();
		PojoJson.read(members, builder);
		Object message = members.getOrDefault("message", members.get("Message"));
		return builder.statusCode(answer.status())
			.numAttempts(1)
			.awsErrorDetails(AwsErrorDetails.builder()
				.serviceName("ServiceDiscovery")
				.errorCode(code)
				.errorMessage((message != null) ? message.toString() : null)
				.sdkHttpResponse(head)
				.build())
			.build();
	}

	/** Does nothing, since no connection stays open. */
	@Override
	public void close() {
	}

}
