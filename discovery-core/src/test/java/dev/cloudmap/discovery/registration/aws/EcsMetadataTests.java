package dev.cloudmap.discovery.registration.aws;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolution.Found;
import dev.cloudmap.discovery.registration.host.HostResolution.None;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the metadata of Amazon ECS about the task of an application.
 */
class EcsMetadataTests {

	private final ScriptedMetadata endpoint = new ScriptedMetadata();

	private final EcsMetadata metadata = new EcsMetadata(this.endpoint.ecsUri());

	private final Ec2Metadata ec2 = Ec2Metadata.at(this.endpoint.endpoint());

	private final AwsPlatform platform = new AwsPlatform(this.metadata, this.ec2);

	@AfterEach
	void stop() {
		this.endpoint.close();
	}

	@Test
	void awsvpcTaskHasItsOwnAddressAndPort() {
		this.endpoint.task("awsvpc", "FARGATE");
		assertThat(host()).isEqualTo(new Found("10.0.2.106", null, "address of task 158d1c8083dd49d6"));
		assertThat(this.platform.publishedPort(8080)).isEqualTo(8080);
		assertThat(this.platform.taskId()).isEqualTo("158d1c8083dd49d6");
		assertThat(this.endpoint.requests).containsExactly("GET /v4/abc", "GET /v4/abc/task");
	}

	@Test
	void findsIpv6Address() {
		this.endpoint.container("""
				{"Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.106"],
				               "IPv6Addresses": ["2001:db8::6a"]}]}""", "FARGATE");
		assertThat(host()).isEqualTo(new Found("10.0.2.106", "2001:db8:0:0:0:0:0:6a", host().reason()));
		this.platform.forget();
		this.endpoint.container("""
				{"Networks": [{"NetworkMode": "awsvpc", "IPv6Addresses": ["2001:db8::6a"]}]}""", "FARGATE");
		assertThat(host()).isEqualTo(new Found(null, "2001:db8:0:0:0:0:0:6a", host().reason()));
	}

	@Test
	void attributesMatchThoseOfEcs() {
		this.endpoint.task("awsvpc", "FARGATE");
		Map<String, String> attributes = new HashMap<>(Map.of("ECS_CLUSTER_NAME", "mine"));
		this.platform.customize(attributes);
		assertThat(attributes).containsOnly(Map.entry("AVAILABILITY_ZONE", "eu-central-1a"),
				Map.entry("REGION", "eu-central-1"), Map.entry("ECS_CLUSTER_NAME", "mine"),
				Map.entry("ECS_SERVICE_NAME", "workers"), Map.entry("ECS_TASK_DEFINITION_FAMILY", "worker"));
		attributes.clear();
		this.endpoint.task("awsvpc", "EC2").instance();
		this.platform.forget();
		this.platform.customize(attributes);
		assertThat(attributes).containsEntry("ECS_CLUSTER_NAME", "default")
			.containsEntry("AVAILABILITY_ZONE", "eu-central-1a")
			.containsEntry("EC2_INSTANCE_ID", "i-0abcd1234efab5678");
	}

	@Test
	void makesNoEc2RequestOnFargate() {
		this.endpoint.task("awsvpc", "FARGATE").instance();
		this.platform.customize(new HashMap<>());
		assertThat(this.endpoint.requests).noneMatch((request) -> request.contains("/latest/"));
	}

	@Test
	void bridgeModeUsesHostAddressAndPublishedPort() {
		this.endpoint.task("bridge", "EC2").instance();
		assertThat(host()).isInstanceOfSatisfying(Found.class, (found) -> {
			assertThat(found.ipv4()).isEqualTo("10.0.1.17");
			assertThat(found.reason()).contains("i-0abcd1234efab5678", "158d1c8083dd49d6", "bridge");
		});
		assertThat(this.platform.publishedPort(8080)).isEqualTo(32768);
	}

	@Test
	void bridgeModeExplainsUnpublishedPort() {
		this.endpoint.task("bridge", "EC2");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.platform.publishedPort(7070))
			.withMessageContaining("port 7070")
			.withMessageContaining("found {8080=32768}")
			.withMessageContaining("Add a portMapping with containerPort 7070")
			.withMessageContaining("discovery.registration.port");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.platform.publishedPort(9090));
	}

	@Test
	void bridgeModeExplainsUnknownHost() {
		this.endpoint.task("bridge", "EC2");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(this::host)
			.withMessageContaining("in network mode bridge it is its host's")
			.withMessageContaining("no /latest/api/token")
			.withMessageContaining("HttpPutResponseHopLimit=2")
			.withMessageContaining("discovery.registration.host");
	}

	@Test
	void hostModeUsesHostAddressAndServerPort() {
		this.endpoint.task("host", "EC2").instance();
		assertThat(host()).isInstanceOfSatisfying(Found.class,
				(found) -> assertThat(found.ipv4()).isEqualTo("10.0.1.17"));
		assertThat(this.platform.publishedPort(7070)).isEqualTo(7070);
	}

	@Test
	void hostModeWithoutMetadataFindsNoAddress() {
		this.endpoint.task("host", "EXTERNAL");
		assertThat(host()).isInstanceOfSatisfying(None.class,
				(none) -> assertThat(none.reason()).contains("network mode host", "no instance metadata"));
	}

	@Test
	void explainsAndRetriesInvalidAnswer() {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(this::host)
			.withMessageContaining("status 404")
			.withMessageContaining("ECS_CONTAINER_METADATA_URI_V4");
		this.endpoint.answers.put("/v4/abc", "no json");
		this.endpoint.answers.put("/v4/abc/task", "{}");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(this::host);
		this.endpoint.answers.put("/v4/abc", "{}");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(this::host).withMessageContaining("no TaskARN");
		this.endpoint.container("{\"Networks\": [{\"NetworkMode\": \"awsvpc\"}]}", "FARGATE");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(this::host).withMessageContaining("no address");
		this.platform.forget();
		this.endpoint.task("awsvpc", "FARGATE");
		assertThat(host()).isInstanceOf(Found.class);
	}

	@Test
	void explainsInvalidUri() {
		for (String uri : new String[] { "not a uri", "file:/etc/passwd", "/v4" }) {
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> new EcsMetadata(uri).task())
				.withMessageContaining("ECS_CONTAINER_METADATA_URI_V4");
		}
	}

	@Test
	void findsNothingOutsideOfEcs() {
		assertThat(new EcsHostResolver(null, this.ec2).resolve())
			.isEqualTo(HostResolution.none("ECS_CONTAINER_METADATA_URI_V4 is not set"));
		AwsPlatform elsewhere = new AwsPlatform(null, this.ec2);
		assertThat(elsewhere.taskId()).isNull();
		assertThat(elsewhere.publishedPort(8080)).isEqualTo(8080);
	}

	private HostResolution host() {
		return new EcsHostResolver(this.metadata, this.ec2).resolve();
	}

}
