package dev.cloudmap.registry.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Removes what runs of the contract suite have left behind, for {@code contract-on-aws}.
 * The name keeps it out of ordinary builds.
 */
class ContractCleanup {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	@Test
	void listsWhatIsLeft() {
		new Sweeper(cloudMap, CloudMapUnderTest.prefixOfRun()).remaining().forEach(System.out::println);
	}

	@Test
	void removesWhatIsLeft() {
		new Sweeper(cloudMap, CloudMapUnderTest.prefixOfRun()).sweep();
	}

}
