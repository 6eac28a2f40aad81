package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolution.Found;
import dev.cloudmap.discovery.registration.host.HostResolution.None;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the metadata of Amazon EC2 about the instance of an application.
 */
class Ec2MetadataTests {

	private final ScriptedMetadata endpoint = new ScriptedMetadata();

	private final Ec2Metadata metadata = Ec2Metadata.at(this.endpoint.endpoint());

	@AfterEach
	void stop() {
		this.endpoint.close();
	}

	@Test
	void requestsEachPathOnceWithAToken() {
		this.endpoint.instance();
		assertThat(host()).isEqualTo(new Found("10.0.1.17", null, "address of instance i-0abcd1234efab5678"));
		Map<String, String> attributes = new HashMap<>();
		new AwsPlatform(null, this.metadata).customize(attributes);
		assertThat(attributes).containsOnly(Map.entry("AVAILABILITY_ZONE", "eu-central-1b"),
				Map.entry("REGION", "eu-central-1"), Map.entry("EC2_INSTANCE_ID", "i-0abcd1234efab5678"));
		assertThat(this.endpoint.requests).startsWith("PUT /latest/api/token").doesNotHaveDuplicates();
	}

	@Test
	void providesTheIpv6Address() {
		this.endpoint.instance().answers.put("/latest/meta-data/ipv6", "2001:db8::11");
		assertThat(host()).isEqualTo(new Found("10.0.1.17", "2001:db8:0:0:0:0:0:11", host().reason()));
	}

	@Test
	void remembersAMissingEndpointUntilForget() {
		assertThat(host()).isInstanceOfSatisfying(None.class,
				(none) -> assertThat(none.reason()).contains(this.endpoint.endpoint(), "no /latest/api/token"));
		this.endpoint.instance();
		Map<String, String> attributes = new HashMap<>();
		new AwsPlatform(null, this.metadata).customize(attributes);
		assertThat(attributes).isEmpty();
		assertThat(this.endpoint.requests).hasSize(1);
		this.metadata.forget();
		assertThat(host()).isInstanceOf(Found.class);
	}

	@Test
	void namesMissingMetadata() {
		this.endpoint.instance().answers.remove("/latest/meta-data/local-ipv4");
		assertThat(host().reason()).endsWith("neither local-ipv4 nor ipv6");
		this.metadata.forget();
		this.endpoint.answers.put("/latest/api/token", "another");
		assertThat(host().reason()).endsWith("status 401");
	}

	@Test
	void skipsUnresponsiveEndpoint() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			HostResolution answer = new Ec2HostResolver(Ec2Metadata.at("http://127.0.0.1:" + silent.getLocalPort()))
				.resolve();
			assertThat(answer).isInstanceOf(None.class);
			assertThat(answer.reason()).contains("no complete answer within 1000 ms");
		}
	}

	@Test
	void makesNoRequestIfDisabled() {
		assertThat(new Ec2HostResolver(Ec2Metadata.off("AWS_EC2_METADATA_DISABLED is true")).resolve())
			.isEqualTo(HostResolution.none("AWS_EC2_METADATA_DISABLED is true"));
	}

	private HostResolution host() {
		return new Ec2HostResolver(this.metadata).resolve();
	}

}
