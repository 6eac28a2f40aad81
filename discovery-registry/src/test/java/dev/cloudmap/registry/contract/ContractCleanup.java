package dev.cloudmap.registry.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Removes resources of earlier runs of the contract suite, for {@code contract-on-aws}.
 * Ordinary builds do not match the class name.
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
