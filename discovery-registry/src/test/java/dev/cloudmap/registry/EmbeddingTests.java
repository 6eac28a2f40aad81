package dev.cloudmap.registry;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The registry in an application that has only its required dependencies.
 */
class EmbeddingTests {

	@Test
	void requiresNeitherCommandLineNorStore() throws Exception {
		try (URLClassLoader application = new URLClassLoader(requiredClassPath(),
				ClassLoader.getPlatformClassLoader())) {
			assertThatThrownBy(() -> application.loadClass("org.h2.mvstore.MVStore"))
				.isInstanceOf(ClassNotFoundException.class);
			assertThatThrownBy(() -> application.loadClass("picocli.CommandLine"))
				.isInstanceOf(ClassNotFoundException.class);
			Class<?> optionsType = application.loadClass(RegistryOptions.class.getName());
			Class<?> serverType = application.loadClass(RegistryServer.class.getName());
			Object options = optionsType.getMethod("defaults").invoke(null);
			options = optionsType.getMethod("withHttpPort", int.class).invoke(options, 0);
			options = optionsType.getMethod("withDnsPort", int.class).invoke(options, 0);
			try (AutoCloseable server = (AutoCloseable) serverType.getMethod("start", optionsType)
				.invoke(null, options)) {
				URI endpoint = (URI) serverType.getMethod("endpoint").invoke(server);
				HttpRequest request = HttpRequest.newBuilder(endpoint)
					.header("X-Amz-Target", "Route53AutoNaming_v20170314.CreateHttpNamespace")
					.POST(BodyPublishers.ofString("{\"Name\":\"corp\"}"))
					.build();
				assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body())
					.contains("OperationId");
			}
			Object keeping = optionsType.getMethod("withDataDirectory", Path.class)
				.invoke(options, Path.of("never-made"));
			assertThatThrownBy(() -> serverType.getMethod("start", optionsType).invoke(null, keeping)).cause()
				.hasMessageContaining("h2-mvstore");
		}
	}

	private static URL[] requiredClassPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("picocli") && !entry.contains("mvstore")
					&& !entry.contains("slf4j-simple"))
			.map(EmbeddingTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(entry, ex);
		}
	}

}
