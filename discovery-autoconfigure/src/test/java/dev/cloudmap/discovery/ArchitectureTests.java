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
 * The floors of the library, as in docs/architecture.md: a package uses those below it,
 * never those above.
 */
class ArchitectureTests {

	private static final String BASE = "dev.cloudmap.discovery";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(BASE);

	/** From the top; what stands side by side does not know each other. */
	private static final List<List<String>> FLOORS = List.of(List.of(".autoconfigure.."), List.of(".actuate.."),
			List.of(".loadbalancer..", ".registration.."), List.of(".client.."), List.of(".catalog.."),
			List.of(".signal..", ".source.."), List.of(".registry.."), List.of(".thread.."), List.of(""));

	@Test
	void everyFloorKnowsOnlyThoseBelow() {
		List<String> above = new ArrayList<>();
		for (List<String> floor : FLOORS) {
			for (String room : floor) {
				List<String> unknown = new ArrayList<>(above);
				floor.stream().filter((neighbour) -> !neighbour.equals(room)).forEach(unknown::add);
				noClasses().that()
					.resideInAPackage(BASE + room)
					.should()
					.dependOnClassesThat()
					.resideInAnyPackage(unknown.stream().map((name) -> BASE + name).toArray(String[]::new))
					.check(CLASSES);
			}
			above.addAll(floor);
		}
	}

	@Test
	void everyRoomIsOnAFloor() {
		List<String> rooms = FLOORS.stream().flatMap(List::stream).map((room) -> BASE + room).toList();
		classes().should().resideInAnyPackage(rooms.toArray(String[]::new)).check(CLASSES);
	}

	@Test
	void noCycles() {
		slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void wordsAreFreeOfSpring() {
		noClasses().that()
			.resideInAPackage(BASE)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "software.amazon..", "org.xbill..")
			.check(CLASSES);
	}

	@Test
	void onlyTheAdapterKnowsTheSdk() {
		noClasses().that()
			.resideInAnyPackage(BASE, BASE + ".signal..", BASE + ".source..", BASE + ".catalog..", BASE + ".client..",
					BASE + ".registration..", BASE + ".loadbalancer..", BASE + ".actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("software.amazon..")
			.check(CLASSES);
	}

	/**
	 * A user's load-balanced RestClient.Builder would come to balance what finds out whom
	 * to balance among.
	 */
	@Test
	void registrationAndRegistriesUseNoHttpClientOfSpring() {
		noClasses().that()
			.resideInAnyPackage(BASE + ".registration..", BASE + ".registry..", BASE + ".source..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.web..")
			.check(CLASSES);
	}

	@Test
	void onlyTheDnsSourceKnowsDnsjava() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".source.dns..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.xbill..")
			.check(CLASSES);
	}

	@Test
	void onlyHostOrJoinKnowsTheRegistryModule() {
		noClasses().that()
			.resideOutsideOfPackage(BASE + ".registry.embedded..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.cloudmap.registry..")
			.check(CLASSES);
	}

}
