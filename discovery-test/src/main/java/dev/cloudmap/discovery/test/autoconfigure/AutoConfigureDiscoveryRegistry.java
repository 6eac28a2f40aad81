package dev.cloudmap.discovery.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.cloudmap.discovery.test.TestRegistry;

/**
 * Gives a test's application context a {@link TestRegistry} of its own, which the
 * application uses instead of any other: it is registered there, and finds services there
 * through DNS and the API, as with AWS Cloud Map. Used beside {@code @SpringBootTest}.
 * <p>
 * The registry is a bean, to be injected into the test by {@code @Autowired}. Its
 * namespace is {@code discovery.namespace} where that is set. It lives as long as the
 * context, which Spring keeps for all test classes with the same configuration. After
 * each test it is {@linkplain TestRegistry#reset() reset}, so that no test finds stub
 * instances, delays or an outage of another; start stub instances in the test or in
 * {@code @BeforeEach}. Tests that share a context must not run in parallel.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigureDiscoveryRegistry {

	/**
	 * Whether the registry differs from AWS Cloud Map as little as it can: it has AWS's
	 * delays, rates and quotas, and no change notifications.
	 * @return whether the registry is like AWS
	 */
	boolean likeAws() default false;

}
