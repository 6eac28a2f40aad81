package dev.cloudmap.registry;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/**
 * A package uses those below it and never those above.
 */
@AnalyzeClasses(packages = "dev.cloudmap.registry", importOptions = ImportOption.DoNotIncludeTests.class)
class FloorsTests {

	@ArchTest
	static final ArchRule floors = layeredArchitecture().consideringOnlyDependenciesInLayers()
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
		.layer("state")
		.definedBy("dev.cloudmap.registry.state..")
		.whereLayer("root")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("api")
		.mayOnlyBeAccessedByLayers("root")
		.whereLayer("dns")
		.mayOnlyBeAccessedByLayers("root")
		.whereLayer("health")
		.mayOnlyBeAccessedByLayers("root", "api", "dns")
		.whereLayer("store")
		.mayOnlyBeAccessedByLayers("root", "api", "dns", "health");

	@ArchTest
	static final ArchRule stateKnowsNoTechnology = noClasses().that()
		.resideInAPackage("dev.cloudmap.registry.state..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty..", "org.xbill..", "tools.jackson..", "com.fasterxml..", "org.h2..");

	@ArchTest
	static final ArchRule onlyTheStoreKnowsH2 = noClasses().that()
		.resideOutsideOfPackage("dev.cloudmap.registry.store..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.h2..");

	@ArchTest
	static final ArchRule onlyTheCommandLineKnowsPicocli = noClasses().that()
		.haveNameNotMatching("dev\\.cloudmap\\.registry\\.Main(\\$.*)?")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("picocli..");

}
