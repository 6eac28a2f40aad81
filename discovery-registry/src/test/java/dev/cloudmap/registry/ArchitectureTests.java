package dev.cloudmap.registry;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The dependencies between the packages of the registry.
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
			.layer("time")
			.definedBy("dev.cloudmap.registry.time..")
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
			.whereLayer("time")
			.mayNotAccessAnyLayer()
			.whereLayer("state")
			.mayOnlyAccessLayers("time")
			.whereLayer("health")
			.mayOnlyBeAccessedByLayers("root", "api", "dns")
			.whereLayer("store")
			.mayOnlyBeAccessedByLayers("root", "api", "dns", "health")
			.check(CLASSES);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.cloudmap.registry.(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void operationsOfTheApiDoNotUseHttp() {
		noClasses().that()
			.resideInAnyPackage("dev.cloudmap.registry.api.operation", "dev.cloudmap.registry.api.message")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "dev.cloudmap.registry.api", "dev.cloudmap.registry.api.http")
			.check(CLASSES);
	}

	@Test
	void stateUsesNoTechnology() {
		noClasses().that()
			.resideInAPackage("dev.cloudmap.registry.state..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "org.xbill..", "tools.jackson..", "com.fasterxml..", "org.h2..")
			.check(CLASSES);
	}

	@Test
	void upstreamQueriesDoNotDependOnClientsOrZones() {
		noClasses().that()
			.resideInAPackage("dev.cloudmap.registry.dns.forward..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.cloudmap.registry.dns", "dev.cloudmap.registry.dns.zone",
					"dev.cloudmap.registry.dns.response", "dev.cloudmap.registry.state..")
			.check(CLASSES);
	}

	@Test
	void onlyTheStoreUsesH2() {
		noClasses().that()
			.resideOutsideOfPackage("dev.cloudmap.registry.store..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.h2..")
			.check(CLASSES);
	}

	@Test
	void onlyTheCommandLineUsesPicocli() {
		noClasses().that()
			.haveNameNotMatching("dev\\.cloudmap\\.registry\\.(Main|EnvironmentDefaults|EmulationArguments)(\\$.*)?")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("picocli..")
			.check(CLASSES);
	}

}
