package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.registry.cloudmap.call.CallBudget;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.UnexpectedAnswerException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests what the exceptions for refused calls recommend.
 */
class RefusedCallTests {

	private static final String USER = "User: arn:aws:sts::1:assumed-role/Worker/task is not authorized to perform: ";

	private ScriptedEndpoint endpoint;

	@BeforeEach
	void start() throws IOException {
		this.endpoint = ScriptedEndpoint.withService(new CallMeter(() -> true, new CallBudget(1, 50, () -> 0)));
	}

	@AfterEach
	void stop() {
		this.endpoint.close();
	}

	@Test
	void missingPermissionNamesTheStatementToAdd() {
		refuse("AccessDeniedException", USER
				+ "servicediscovery:RegisterInstance on resource: arn:aws:servicediscovery:eu-central-1:1:service/srv-1"
				+ " because no identity-based policy allows the servicediscovery:RegisterInstance action");
		assertThat(registerDenied().getAction()).isEqualTo("Add to the policy of the role that runs this application:"
				+ " {\"Effect\": \"Allow\", \"Action\": \"servicediscovery:RegisterInstance\", \"Resource\":"
				+ " \"arn:aws:servicediscovery:eu-central-1:1:service/srv-1\"}");
	}

	@Test
	void missingPermissionMayBeOneOfRoute53() {
		refuse("AccessDeniedException", USER + "route53:GetHostedZone on resource: arn:aws:route53:::hostedzone/Z1.");
		assertThat(registerDenied().getAction()).contains("\"Action\": \"route53:GetHostedZone\"",
				"\"Resource\": \"arn:aws:route53:::hostedzone/Z1\"");
	}

	@Test
	void missingPermissionWithoutMessageNamesTheKindOfResource() {
		refuse("AccessDeniedException", "no");
		assertThat(registerDenied().getAction()).contains("\"Action\": \"servicediscovery:RegisterInstance\"",
				"\"Resource\": \"arn:aws:servicediscovery:*:*:service/*\"");
	}

	@Test
	void explicitDenyIsToBeRemoved() {
		refuse("AccessDeniedException", USER + "servicediscovery:RegisterInstance on resource: arn:aws:x with an"
				+ " explicit deny in a service control policy");
		assertThat(registerDenied().getAction()).contains("denies it explicitly").doesNotContain("Allow");
	}

	@Test
	void resourceShareWithoutThePermissionNamesTheOwner() {
		String arn = "arn:aws:servicediscovery:eu-central-1:111122223333:namespace/ns-1";
		this.endpoint.answer("ListServices", "{\"Services\":[]}");
		this.endpoint.error("CreateService", 400, "AccessDeniedException",
				USER + "servicediscovery:CreateService on" + " resource: " + arn
						+ " because no resource-based policy allows the servicediscovery:CreateService action");
		assertThat(registerDenied())
			.hasMessageContaining(
					"Expected credentials that are allowed 'servicediscovery:CreateService' on '" + arn + "'")
			.extracting(AccessDeniedException::getAction)
			.asString()
			.contains("Let the account 111122223333 allow the action in the AWS RAM resource share",
					"accept the share");
	}

	@Test
	void sharedNamespaceIsLookedUpWithoutListNamespaces() {
		String shared = "arn:aws:servicediscovery:eu-central-1:111122223333:namespace/ns-1";
		List<String> requests = new CopyOnWriteArrayList<>();
		this.endpoint.error("ListNamespaces", 400, "AccessDeniedException", "no");
		this.endpoint.answer("DiscoverInstances", "application/x-amz-json-1.1", (request) -> {
			requests.add(request);
			return "{\"Instances\":[],\"InstancesRevision\":1}";
		});
		for (List<String> ids : List.of(List.of(shared), List.of(shared, "ns-2"),
				List.of(shared, shared.replace("1111", "9999")), List.of("ns-1"))) {
			this.endpoint
				.connect(new CreationPolicy(Scope.SERVICES, null, new NamespaceChoice(ids, null, Strictness.REQUIRED)));
			assertThat(this.endpoint.registry().discover(ScriptedEndpoint.WORKER).isEmpty()).isTrue();
		}
		assertThat(requests).hasSize(4).allMatch((request) -> request.contains("\"NamespaceName\":\"corp\""));
		assertThat(requests.get(0)).contains("\"OwnerAccount\":\"111122223333\"");
		assertThat(requests.subList(1, 4)).noneMatch((request) -> request.contains("OwnerAccount"));
	}

	@Test
	void servicesOfASharedNamespaceNeedAnArn() {
		String shared = "arn:aws:servicediscovery:eu-central-1:111122223333:namespace/ns-1";
		this.endpoint.answer("ListNamespaces",
				"{\"Namespaces\":[{\"Id\":\"ns-1\",\"Arn\":\"" + shared + "\",\"Name\":\"corp\",\"Type\":\"HTTP\"}]}");
		this.endpoint.connect(new CreationPolicy(Scope.SERVICES, null,
				new NamespaceChoice(List.of(shared), null, Strictness.REQUIRED)));
		assertThat(register(UnexpectedAnswerException.class)).hasMessageContaining("expected Services[].Arn");
	}

	@ParameterizedTest
	@CsvSource({ "ExpiredTokenException, have expired", "UnrecognizedClientException, AWS_ACCESS_KEY_ID",
			"InvalidSignatureException, clock", "OptInRequired, Enable the region" })
	void rejectedCredentialsNeedNoPolicy(String code, String action) {
		refuse(code, "no");
		assertThat(registerDenied()).hasMessageContaining(code)
			.hasMessageNotContaining("servicediscovery:")
			.extracting(AccessDeniedException::getAction)
			.asString()
			.contains(action);
	}

	@Test
	void quotaIsNamed() {
		refuse("ResourceLimitExceeded", "too many instances");
		assertThat(register(DiscoveryException.class)).hasMessageContaining("too many instances")
			.hasMessageContaining("request a higher quota");
	}

	@Test
	void failedOperationNamesMissingPermission() {
		fail("ACCESS_DENIED", USER + "route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1");
		assertThat(registerDenied()).hasMessageContaining("operation op-1")
			.hasMessageContaining("\"Action\": \"route53:ChangeResourceRecordSets\"")
			.hasMessageContaining("hostedzone/Z1");
	}

	@ParameterizedTest
	@CsvSource({ "EXPIRED_TOKEN, have expired", "HOSTED_ZONE_NOT_FOUND, create the namespace again",
			"CANNOT_CREATE_HOSTED_ZONE, Another hosted zone", "INVALID_CHANGE_BATCH, an address of its own" })
	void failedOperationHasAnAction(String code, String action) {
		fail(code, "no");
		assertThat(register(DiscoveryException.class)).isNotInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining(code + ": no")
			.extracting(DiscoveryException::getAction)
			.asString()
			.contains(action);
	}

	@ParameterizedTest
	@CsvSource({ "INTERNAL_FAILURE", "THROTTLED_REQUEST" })
	void failureOfCloudMapItselfIsTemporary(String code) {
		fail(code, "try later");
		assertThat(register(RegistryUnavailableException.class)).hasMessageContaining("try later");
	}

	@Test
	void unknownHostSuggestsRegionAndEndpoint() {
		this.endpoint.connect(URI.create("http://servicediscovery.invalid"), AnonymousCredentialsProvider.create());
		assertThat(catchThrowableOfType(RegistryUnavailableException.class,
				() -> this.endpoint.registry().discover(ScriptedEndpoint.WORKER)))
			.extracting(DiscoveryException::getAction)
			.asString()
			.contains("discovery.cloud-map.region", "discovery.cloud-map.endpoint");
	}

	private void refuse(String code, String message) {
		this.endpoint.error("RegisterInstance", 400, code, message);
	}

	private void fail(String code, String message) {
		this.endpoint.answer("GetOperation", "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"FAIL\",\"ErrorCode\":\""
				+ code + "\",\"ErrorMessage\":\"" + message + "\"}}");
	}

	private AccessDeniedException registerDenied() {
		return register(AccessDeniedException.class);
	}

	private <T extends DiscoveryException> T register(Class<T> type) {
		return catchThrowableOfType(type, () -> this.endpoint.registry().register(ScriptedEndpoint.INSTANCE));
	}

}
