package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.DeleteNamespace;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.command.UpdateNamespace;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rejection of instances because of their DNS names.
 */
class InstanceNameRulesTests {

	private final RegistryState state = new RegistryState(Journal.NONE, new ManualScheduler(), () -> Emulation.NONE);

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void namespace(String name, String vpc) {
		this.state
			.submit(new CreateNamespace("ns-" + name + vpc, "arn", name, NamespaceType.DNS_PRIVATE, null, vpc, 5,
					Instant.EPOCH, null, Tags.NONE))
			.join();
	}

	private void service(String name) {
		DnsRecordSettings dns = new DnsRecordSettings(RoutingPolicy.MULTIVALUE,
				List.of(new DnsRecordSettings.TypedRecord(RecordType.SRV, 10)));
		this.state.submit(Samples.createService(Samples.service(name, "ns-corpvpc", name, dns, null, null))).join();
	}

	private void register(String service, String id) {
		this.state
			.submit(new RegisterInstance(new InstanceReference(service, id),
					Map.of(AttributeNames.IPV4, "10.0.0.1", AttributeNames.PORT, "80"), null))
			.join();
	}

	private void refuses(String service, String id, String... words) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> register(service, id))
			.withCauseInstanceOf(RegistryException.class)
			.withMessageContainingAll(words);
	}

	/**
	 * An id with an empty label is one label of the name; its dots are not separators.
	 */
	@ParameterizedTest
	@CsvSource({ ".a,a.s.corp", "a..b,b.s.corp", "..a.s,a.s.s.corp", "xa,a.s.corp", "a-b,b.s.corp", "a,a.t.corp",
			"s.corp,corp.corp" })
	void acceptNamespaceThatDoesNotAnswerForName(String id, String namespace) {
		namespace("corp", "vpc");
		namespace(namespace, "vpc");
		service("s");
		register("s", id);
		assertThat(this.state.snapshot().service("s").instances()).containsOnlyKeys(id);
	}

	@ParameterizedTest
	@CsvSource({ "a,A.s.corp", "b.A,a.S.corp", "c.b.a,b.a.s.CORP", "c.b.a,a.s.corp", "a,a.s.Corp" })
	void rejectNameOfOtherNamespace(String id, String namespace) {
		namespace("corp", "vpc");
		namespace(namespace, "vpc");
		service("s");
		refuses("s", id, "the namespace '" + namespace + "' (ns-" + namespace + "vpc) contains that name");
	}

	@ParameterizedTest
	@CsvSource({ "s,S.corp", "a.s,s.corp", "a.S,a.s.CORP", "b.a.s,a.s.corp" })
	void rejectInstancesOfServiceHiddenByNamespace(String service, String namespace) {
		namespace("corp", "vpc");
		namespace(namespace, "vpc");
		service(service);
		refuses(service, "1", "'" + service + ".corp' of the service '" + service + "'",
				"the namespace '" + namespace + "' (ns-" + namespace + "vpc) contains that name");
	}

	@ParameterizedTest
	@CsvSource({ "s,a.s.corp", "a.s,a.corp", "as,s.corp", "a.s,b.a.s.corp", "corp,corp", ".,s.corp" })
	void acceptNamespaceThatDoesNotHideService(String service, String namespace) {
		namespace("corp", "vpc");
		namespace(namespace, "other");
		service(service);
		register(service, "1");
		assertThat(this.state.snapshot().service(service).instances()).containsOnlyKeys("1");
	}

	@Test
	void acceptRepeatedRegistrationOlderThanNamespace() {
		namespace("corp", "vpc");
		service("s");
		register("s", "1");
		namespace("s.corp", "vpc");
		register("s", "1");
		refuses("s", "2", "the namespace 's.corp'");
	}

	@Test
	void rejectNameUntilLastNamespaceIsDeleted() {
		namespace("corp", "vpc");
		namespace("a.s.corp", "vpc-1");
		namespace("a.s.corp", "vpc-2");
		service("s");
		refuses("s", "a", "the namespace 'a.s.corp'");
		this.state.submit(new DeleteNamespace("ns-a.s.corpvpc-1")).join();
		refuses("s", "a", "(ns-a.s.corpvpc-2)");
		this.state.submit(new UpdateNamespace("ns-a.s.corpvpc-2", NamespaceType.DNS_PRIVATE, "other", 7L, null)).join();
		refuses("s", "a", "(ns-a.s.corpvpc-2)");
		this.state.submit(new DeleteNamespace("ns-a.s.corpvpc-2")).join();
		register("s", "a");
	}

	@Test
	void acceptHttpNamespaceOfSameName() {
		namespace("corp", "vpc");
		this.state.submit(Samples.createNamespace("ns-http", "a.s.corp")).join();
		service("s");
		register("s", "a");
	}

	@Test
	void errorExplainsHowToReleaseNameOfEmptyService() {
		namespace("corp", "vpc");
		service("a.s");
		service("s");
		refuses("s", "a", "already belongs to the service 'a.s' (a.s)", "Choose another instance id",
				"delete that service if it is unused");
	}

}
