package dev.cloudmap.discovery.autoconfigure.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/**
 * Reads which properties the libraries and modules on the class path have, from the files
 * that Spring Boot's annotation processor writes.
 */
final class ConfigurationMetadata {

	private static final List<String> LOCATIONS = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private static final Logger logger = LoggerFactory.getLogger(ConfigurationMetadata.class);

	private ConfigurationMetadata() {
	}

	/**
	 * Adds all properties below a root. A file that cannot be read is passed over.
	 * @param root the first element of their names
	 * @param node the node to add them to
	 * @param classLoader the class loader that has the files
	 */
	static void add(String root, PropertyNode node, ClassLoader classLoader) {
		for (String location : LOCATIONS) {
			try {
				for (URL file : Collections.list(classLoader.getResources(location))) {
					add(root + ".", node, read(file));
				}
			}
			catch (IOException | JsonParseException ex) {
				logger.debug("Configuration metadata can't be read", ex);
			}
		}
	}

	private static void add(String prefix, PropertyNode node, String content) {
		if (!content.contains("\"" + prefix)
				|| !(JsonParserFactory.getJsonParser().parseMap(content).get("properties") instanceof List<?> list)) {
			return;
		}
		for (Object property : list) {
			if (property instanceof Map<?, ?> map && map.get("name") instanceof String name
					&& name.startsWith(prefix)) {
				node.add(name.substring(prefix.length()), (map.get("type") instanceof String type) ? type : null);
			}
		}
	}

	private static String read(URL file) throws IOException {
		URLConnection connection = file.openConnection();
		connection.setUseCaches(false);
		try (InputStream stream = connection.getInputStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
