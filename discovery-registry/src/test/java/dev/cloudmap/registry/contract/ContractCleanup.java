package dev.cloudmap.registry.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Removes resources of earlier runs of the contract suite, for {@code contract-on-aws}.
 * Its class name matches no test pattern of the build.
 */
class ContractCleanup {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	@Test
	void listsRemainingResources() {
		new Sweeper(cloudMap, ContractTarget.prefixOfRun()).remaining().forEach(System.out::println);
	}

	@Test
	void removesRemainingResources() {
		new Sweeper(cloudMap, ContractTarget.prefixOfRun()).sweep();
	}

}
