package dev.cloudmap.discovery.loadbalancer.timeout;

import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

class TimeoutRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void coversFieldsThatAreRead() throws ReflectiveOperationException {
		new TimeoutRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		Object builder = RestClient.builder();
		assertThat(new DirectFieldAccessor(builder).isReadableProperty("requestFactory")).isTrue();
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(builder.getClass().getDeclaredField("requestFactory"))).accepts(this.hints);
		for (String field : new String[] { "connectTimeout", "readTimeout", "proxy" }) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onFieldAccess(SimpleClientHttpRequestFactory.class.getDeclaredField(field))).accepts(this.hints);
		}
	}

	@Test
	void coversLibrariesThatArePresent() {
		ClassLoader classLoader = getClass().getClassLoader();
		new TimeoutRuntimeHints().registerHints(this.hints, classLoader);
		assertThat(DefaultRequestFactories.LIBRARIES).allSatisfy((library) -> assertThat(
				RuntimeHintsPredicates.reflection().onType(TypeReference.of(library)).test(this.hints))
			.isEqualTo(ClassUtils.isPresent(library, classLoader)));
	}

}
