package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.URI;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;

import dev.cloudmap.discovery.registry.cloudmap.call.UnexpectedAnswerException;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The tests of the adapter with the client of the embedded registry instead of the SDK's.
 */
class LoopbackClientTests extends CloudMapRegistryTests {

	@Override
	CloudMapRegistry registry(URI endpoint, CreationPolicy creation, Integer defaultPort) {
		return registry(new LoopbackClient(endpoint, "us-east-1"), endpoint, creation, defaultPort);
	}

	@Test
	void reportsAnAnswerThatIsNoJson() throws IOException {
		CloudMapRegistry scripted = registry(answering("200 OK", "<html>"), IN_VPC, null);
		assertThatExceptionOfType(UnexpectedAnswerException.class).isThrownBy(() -> scripted.services(CORP));
	}

	@Test
	void reportsAMemberOfAnotherType() throws IOException {
		CloudMapRegistry scripted = registry(answering("200 OK", "{\"Namespaces\":[{\"Id\":{}}]}"), IN_VPC, null);
		assertThatExceptionOfType(UnexpectedAnswerException.class).isThrownBy(() -> scripted.services(CORP));
	}

	@Test
	void readsTheMembersOfAnError() throws IOException {
		LoopbackClient client = new LoopbackClient(answering("400 Bad Request",
				"{\"__type\":\"com.amazonaws#DuplicateRequest\",\"message\":\"again\",\"DuplicateOperationId\":\"o-1\"}"),
				"us-east-1");
		assertThatExceptionOfType(DuplicateRequestException.class)
			.isThrownBy(() -> client.registerInstance((request) -> request.serviceId("s").instanceId("i")))
			.withMessageContaining("again")
			.satisfies((ex) -> assertThat(ex.duplicateOperationId()).isEqualTo("o-1"));
	}

	@Test
	void reportsThatNothingListens() throws IOException {
		URI endpoint;
		try (ScriptedServer server = ScriptedServer.closingAfter("")) {
			endpoint = URI.create("http://127.0.0.1:" + server.port());
		}
		assertThatExceptionOfType(SdkClientException.class)
			.isThrownBy(
					() -> new LoopbackClient(endpoint, "us-east-1").listNamespaces((request) -> request.maxResults(1)))
			.withCauseInstanceOf(IOException.class);
	}

	private URI answering(String status, String body) throws IOException {
		ScriptedServer server = keep(ScriptedServer
			.closingAfter("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
		return URI.create("http://127.0.0.1:" + server.port());
	}

}
