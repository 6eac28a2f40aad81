package dev.cloudmap.discovery.autoconfigure;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * {@link EnvironmentPostProcessor} that marks the environment of applications that a test
 * starts with {@link SpringApplication}. It detects the test framework on the stack, as
 * Spring Boot's devtools do. {@link TestDefaultsContextCustomizerFactory} marks contexts
 * of Spring's TestContext framework.
 */
public class TestContexts implements EnvironmentPostProcessor {

	private static final String MARK = "discoveryTestContext";

	private static final List<String> TEST_FRAMEWORKS = List.of("org.junit.platform.", "org.junit.runners.",
			"org.testng.");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		markInTest(environment);
	}

	/**
	 * Marks an environment if a test framework is on the stack.
	 */
	public static void markInTest(ConfigurableEnvironment environment) {
		boolean inTest = StackWalker.getInstance()
			.walk((frames) -> frames.map(StackFrame::getClassName)
				.anyMatch((name) -> TEST_FRAMEWORKS.stream().anyMatch(name::startsWith)));
		if (inTest) {
			mark(environment);
		}
	}

	/**
	 * Marks an environment as belonging to a test.
	 */
	static void mark(ConfigurableEnvironment environment) {
		MutablePropertySources sources = environment.getPropertySources();
		if (!sources.contains(MARK)) {
			sources.addLast(new MapPropertySource(MARK, Map.of()));
		}
	}

	/**
	 * Whether an environment, or that of a parent context, belongs to a test.
	 */
	public static boolean isMarked(Environment environment) {
		return environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources().contains(MARK);
	}

}
