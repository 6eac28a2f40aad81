package dev.cloudmap.discovery.test.autoconfigure;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.AbstractTestExecutionListener;

import dev.cloudmap.discovery.test.TestRegistry;

/**
 * {@link TestExecutionListener} that resets the registry of the context after each test.
 */
class ResetRegistryTestExecutionListener extends AbstractTestExecutionListener {

	@Override
	public void afterTestMethod(TestContext testContext) {
		if (testContext.hasApplicationContext() && TestContextAnnotationUtils.hasAnnotation(testContext.getTestClass(),
				AutoConfigureDiscoveryRegistry.class)) {
			testContext.getApplicationContext().getBean(TestRegistry.class).reset();
		}
	}

}
