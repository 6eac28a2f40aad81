package dev.cloudmap.discovery.autoconfigure.aot;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.ClassMetadata;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.util.ClassUtils;

/**
 * Registers the records of the embedded registry's API, which are read from and written
 * as JSON. The registry itself does not use Spring.
 */
final class EmbeddedRegistryRuntimeHints implements RuntimeHintsRegistrar {

	private static final String CLASSES = "classpath*:dev/cloudmap/registry/api/**/*.class";

	private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		MetadataReaderFactory readers = new SimpleMetadataReaderFactory(classLoader);
		try {
			for (Resource file : new PathMatchingResourcePatternResolver(classLoader).getResources(CLASSES)) {
				ClassMetadata metadata = readers.getMetadataReader(file).getClassMetadata();
				if (Record.class.getName().equals(metadata.getSuperClassName())) {
					this.binding.registerReflectionHints(hints.reflection(),
							ClassUtils.resolveClassName(metadata.getClassName(), classLoader));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
