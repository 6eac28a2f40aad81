package dev.cloudmap.discovery.autoconfigure.registration;

import org.junit.jupiter.api.Test;
import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

class DevtoolsTests {

	@Test
	void detectsRestartClassLoader() {
		ClassLoader plain = getClass().getClassLoader();
		assertThat(Devtools.restarts(plain)).isFalse();
		assertThat(Devtools.restarts(null)).isFalse();
		ClassLoader restart = new RestartClassLoader(plain);
		assertThat(Devtools.restarts(restart)).isTrue();
		assertThat(Devtools.restarts(new ClassLoader(restart) {
		})).isTrue();
	}

}
