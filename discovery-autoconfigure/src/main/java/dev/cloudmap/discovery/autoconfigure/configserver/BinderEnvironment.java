package dev.cloudmap.discovery.autoconfigure.configserver;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import dev.cloudmap.discovery.autoconfigure.TestContexts;

/**
 * An environment with the properties of a {@link Binder}. While configuration data is
 * loaded, only the binder has the properties of the configuration files.
 */
final class BinderEnvironment extends PropertySource<Binder> {

	private BinderEnvironment(Binder binder) {
		super("binder", binder);
	}

	/**
	 * Creates an environment with the properties of a binder and of the system.
	 */
	static ConfigurableEnvironment of(Binder binder) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new BinderEnvironment(binder));
		TestContexts.markInTest(environment);
		return environment;
	}

	@Override
	public @Nullable Object getProperty(String name) {
		if (!ConfigurationPropertyName.isValid(name)) {
			return null;
		}
		try {
			return this.source.bind(name, String.class).orElse(null);
		}
		catch (BindException ex) {
			// not a single value
			return null;
		}
	}

}
