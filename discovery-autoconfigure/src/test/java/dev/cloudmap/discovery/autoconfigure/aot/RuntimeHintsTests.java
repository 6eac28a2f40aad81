package dev.cloudmap.discovery.autoconfigure.aot;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.function.ServerResponse;

import dev.cloudmap.registry.api.message.InstanceMessages;
import dev.cloudmap.registry.api.message.NamespaceMessages;
import dev.cloudmap.registry.api.message.ServiceMessages;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The hints of all registrars of this library, as {@code aot.factories} declares them.
 */
class RuntimeHintsTests {

	@Test
	void coverMessagesOfEmbeddedRegistry() {
		RuntimeHints hints = hints(getClass().getClassLoader());
		for (Class<?> type : List.of(InstanceMessages.RegisterInstance.class, InstanceMessages.Discovered.class,
				NamespaceMessages.Soa.class, ServiceMessages.CreateService.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getName()).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onMethodInvocation(type, type.getRecordComponents()[0].getName())).as(type.getName()).accepts(hints);
		}
	}

	@Test
	void coverClassesFoundByName() throws ClassNotFoundException {
		RuntimeHints hints = hints(getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onType(WebServerApplicationContext.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(ServerResponse.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(RestClient.builder().getClass())).accepts(hints);
	}

	@Test
	void areOmittedForAbsentClasses() {
		RuntimeHints hints = hints(new FilteredClassLoader("org.springframework.boot.web"));
		assertThat(RuntimeHintsPredicates.reflection().onType(WebServerApplicationContext.class)).rejects(hints);
	}

	private static RuntimeHints hints(ClassLoader classLoader) {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader
			.forResourceLocation("META-INF/spring/aot.factories", RuntimeHintsTests.class.getClassLoader())
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter((registrar) -> registrar.getClass().getName().startsWith("dev.cloudmap."))
			.forEach((registrar) -> registrar.registerHints(hints, classLoader));
		return hints;
	}

}
