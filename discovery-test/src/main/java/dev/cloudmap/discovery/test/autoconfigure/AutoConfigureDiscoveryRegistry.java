package dev.cloudmap.discovery.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.cloudmap.discovery.test.TestRegistry;

/**
 * Annotation for a test class that configures a {@link TestRegistry} for the application
 * context, which replaces any other registry: the application is registered there, and
 * looks up services there through DNS and the API, as with AWS Cloud Map. Used together
 * with {@code @SpringBootTest}.
 * <p>
 * The registry is a bean that can be injected into the test. Its namespace is
 * {@code discovery.namespace}, if that is set. It has the lifetime of the context, which
 * Spring caches for all test classes with the same configuration. After each test it is
 * {@linkplain TestRegistry#reset() reset}, so that stub instances, delays and outages do
 * not affect other tests. Start stub instances in the test or in {@code @BeforeEach}.
 * Tests that share a context must not run in parallel.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigureDiscoveryRegistry {

	/**
	 * Whether the registry behaves like AWS Cloud Map: with its delays, rates and quotas,
	 * and without change notifications.
	 * @return whether the registry is like AWS
	 */
	boolean likeAws() default false;

}
