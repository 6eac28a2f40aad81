package dev.cloudmap.discovery;

import java.util.ArrayList;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Verifies the layers of docs/architecture.md: a package uses only packages of lower
 * layers.
 */
class ArchitectureTests {

	private static final String BASE = "dev.cloudmap.discovery";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(BASE);

	/** The layers from top to bottom. */
	private static final List<List<String>> LAYERS = List.of(List.of(".grpc.."),
			List.of(".loadbalancer..", ".registration.."), List.of(".client.."), List.of(".catalog.."),
			List.of(".change..", ".lookup.."), List.of(".registry.."), List.of(".thread.."), List.of(""));

	@Test
	void aLayerUsesLowerLayersOnly() {
		List<String> above = new ArrayList<>();
		for (List<String> layer : LAYERS) {
			for (String topic : layer) {
				List<String> forbidden = new ArrayList<>(above);
				layer.stream().filter((neighbour) -> !neighbour.equals(topic)).forEach(forbidden::add);
				noClasses().that()
					.resideInAPackage(BASE + topic)
					.should()
					.dependOnClassesThat()
					.resideInAnyPackage(forbidden.stream().map((name) -> BASE + name).toArray(String[]::new))
					.check(CLASSES);
			}
			above.addAll(layer);
		}
	}

	@Test
	void everyPackageBelongsToALayer() {
		List<String> topics = LAYERS.stream().flatMap(List::stream).map((topic) -> BASE + topic).toList();
		classes().should().resideInAnyPackage(topics.toArray(String[]::new)).check(CLASSES);
	}

	@Test
	void usesNoSpringBoot() {
		noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework.boot..").check(CLASSES);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void termsUseNoLibrary() {
		noClasses().that()
			.resideInAPackage(BASE)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "software.amazon..", "org.xbill..")
			.check(CLASSES);
	}

	@Test
	void onlyTheAdapterUsesTheSdk() {
		noClasses().that()
			.resideInAnyPackage(BASE, BASE + ".change..", BASE + ".lookup..", BASE + ".catalog..", BASE + ".client..",
					BASE + ".registration..", BASE + ".loadbalancer..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("software.amazon..")
			.check(CLASSES);
	}

	/**
	 * Otherwise a user's load-balanced RestClient.Builder would depend on itself.
	 */
	@Test
	void registrationAndRegistriesUseNoHttpClientOfSpring() {
		noClasses().that()
			.resideInAnyPackage(BASE + ".registration..", BASE + ".registry..", BASE + ".lookup..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.web..")
			.check(CLASSES);
	}

	@Test
	void onlyTheResolverUsesGrpc() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".grpc..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.grpc..")
			.check(CLASSES);
	}

	@Test
	void onlyDnsLookupUsesDnsjava() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".lookup.dns..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.xbill..")
			.check(CLASSES);
	}

	@Test
	void onlyTheEmbeddedAdapterUsesTheRegistryModule() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".registry.embedded..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.cloudmap.registry..")
			.check(CLASSES);
	}

}
