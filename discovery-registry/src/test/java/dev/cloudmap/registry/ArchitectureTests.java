package dev.cloudmap.registry;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/**
 * A package uses those below it and never those above.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.cloudmap.registry");

	@Test
	void floors() {
		layeredArchitecture().consideringOnlyDependenciesInLayers()
			.layer("root")
			.definedBy("dev.cloudmap.registry")
			.layer("api")
			.definedBy("dev.cloudmap.registry.api..")
			.layer("dns")
			.definedBy("dev.cloudmap.registry.dns..")
			.layer("health")
			.definedBy("dev.cloudmap.registry.health..")
			.layer("store")
			.definedBy("dev.cloudmap.registry.store..")
			.layer("net")
			.definedBy("dev.cloudmap.registry.net..")
			.layer("state")
			.definedBy("dev.cloudmap.registry.state..")
			.whereLayer("root")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("api")
			.mayOnlyBeAccessedByLayers("root")
			.whereLayer("dns")
			.mayOnlyBeAccessedByLayers("root")
			.whereLayer("net")
			.mayOnlyBeAccessedByLayers("api", "dns")
			.whereLayer("net")
			.mayNotAccessAnyLayer()
			.whereLayer("health")
			.mayOnlyBeAccessedByLayers("root", "api", "dns")
			.whereLayer("store")
			.mayOnlyBeAccessedByLayers("root", "api", "dns", "health")
			.check(CLASSES);
	}

	@Test
	void stateKnowsNoTechnology() {
		noClasses().that()
			.resideInAPackage("dev.cloudmap.registry.state..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "org.xbill..", "tools.jackson..", "com.fasterxml..", "org.h2..")
			.check(CLASSES);
	}

	@Test
	void whatAsksUpstreamsKnowsNeitherClientsNorZones() {
		noClasses().that()
			.resideInAPackage("dev.cloudmap.registry.dns.forward..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.cloudmap.registry.dns", "dev.cloudmap.registry.state..")
			.check(CLASSES);
	}

	@Test
	void onlyTheStoreKnowsH2() {
		noClasses().that()
			.resideOutsideOfPackage("dev.cloudmap.registry.store..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.h2..")
			.check(CLASSES);
	}

	@Test
	void onlyTheCommandLineKnowsPicocli() {
		noClasses().that()
			.haveNameNotMatching("dev\\.cloudmap\\.registry\\.(Main|EnvironmentDefaults|RealismArguments)(\\$.*)?")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("picocli..")
			.check(CLASSES);
	}

}
