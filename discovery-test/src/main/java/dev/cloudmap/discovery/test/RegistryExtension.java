package dev.cloudmap.discovery.test;

import java.util.function.UnaryOperator;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.commons.support.AnnotationSupport;

import dev.cloudmap.registry.RegistryOptions;

/**
 * JUnit Jupiter extension that injects a {@link TestRegistry} as a parameter: with
 * {@code @ExtendWith(RegistryExtension.class)}, or with {@code @RegisterExtension} to set
 * options. It does not require Spring.
 * <p>
 * The first use of a registry determines its scope:
 * <ul>
 * <li>a parameter of a test, of {@code @BeforeEach} or of the constructor gives each test
 * its own registry, which its {@code @AfterEach} methods and callbacks of nested classes
 * share;</li>
 * <li>a parameter of {@code @BeforeAll}, or an extension in a static
 * {@code @RegisterExtension} field, gives all tests of the class and of its
 * {@code @Nested} classes the same one.</li>
 * </ul>
 * A registry starts in milliseconds on free ports, so that any number of tests run in
 * parallel, and ends with its scope. Instances of this class are immutable.
 */
public final class RegistryExtension implements ParameterResolver, BeforeAllCallback {

	private static final Namespace STORE = Namespace.create(RegistryExtension.class);

	private final String namespace;

	private final UnaryOperator<RegistryOptions> options;

	/**
	 * Creates an extension for registries with the namespace
	 * {@value TestRegistry#DEFAULT_NAMESPACE} and without delays.
	 */
	public RegistryExtension() {
		this(TestRegistry.DEFAULT_NAMESPACE, UnaryOperator.identity());
	}

	private RegistryExtension(String namespace, UnaryOperator<RegistryOptions> options) {
		this.namespace = namespace;
		this.options = options;
	}

	/**
	 * Returns an extension with another namespace.
	 * @param newNamespace the name of the registry's namespace, a domain name
	 * @return the changed extension
	 */
	public RegistryExtension withNamespace(String newNamespace) {
		return new RegistryExtension(newNamespace, this.options);
	}

	/**
	 * Returns an extension for registries that behave like AWS Cloud Map, with its
	 * delays.
	 * @return the changed extension
	 */
	public RegistryExtension withLikeAws() {
		return withOptions(RegistryOptions::withLikeAws);
	}

	/**
	 * Returns an extension with further options.
	 * @param customizer changes the options, after all customizers set before
	 * @return the changed extension
	 */
	public RegistryExtension withOptions(UnaryOperator<RegistryOptions> customizer) {
		UnaryOperator<RegistryOptions> before = this.options;
		return new RegistryExtension(this.namespace, (defaults) -> customizer.apply(before.apply(defaults)));
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		boolean isStatic = AnnotationSupport
			.findAnnotatedFieldValues(context.getRequiredTestClass(), RegisterExtension.class, RegistryExtension.class)
			.contains(this);
		if (isStatic) {
			registry(context);
		}
	}

	/**
	 * Assigns a constructor's parameter to the test for which the instance is created.
	 */
	@Override
	public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
		return ExtensionContextScope.TEST_METHOD;
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == TestRegistry.class;
	}

	@Override
	public TestRegistry resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return registry(context);
	}

	private TestRegistry registry(ExtensionContext context) {
		return context.getStore(STORE)
			.computeIfAbsent(TestRegistry.class, (type) -> TestRegistry.create(this.namespace, this.options),
					TestRegistry.class);
	}

}
