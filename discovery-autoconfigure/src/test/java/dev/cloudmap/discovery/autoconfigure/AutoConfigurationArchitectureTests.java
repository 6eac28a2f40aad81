package dev.cloudmap.discovery.autoconfigure;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The layers of this module. Auto-configuration is the top layer.
 */
class AutoConfigurationArchitectureTests {

	private static final String BASE = "dev.cloudmap.discovery";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption((location) -> !location.contains("-tests.jar"))
		.importPackages(BASE);

	@Test
	void nothingDependsOnAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(BASE + ".autoconfigure..")
			.check(CLASSES);
	}

	@Test
	void noCycles() {
		slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void onlyEmbeddedAdapterDependsOnRegistryModule() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".registry.embedded..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.cloudmap.registry..")
			.check(CLASSES);
	}

}
