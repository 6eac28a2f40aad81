package dev.cloudmap.discovery.test.docs;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.test.RegistryExtension;
import dev.cloudmap.discovery.test.StubInstance;
import dev.cloudmap.discovery.test.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(RegistryExtension.class)
class LookupTests {

	@Test
	void findsTheInstanceThroughTheApi(TestRegistry registry) {
		StubInstance worker = registry.service("worker").instance().respondingWith(200, "hello");
		Map<String, String> found = registry.client()
			.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker"))
			.instances()
			.get(0)
			.attributes();
		URI uri = URI.create("http://127.0.0.1:" + found.get("AWS_INSTANCE_PORT") + "/work");
		assertThat(RestClient.create().get().uri(uri).retrieve().body(String.class)).isEqualTo("hello");
		assertThat(worker.requests()).hasSize(1);
		assertThat(worker.requests().get(0).path()).isEqualTo("/work");
	}

}
