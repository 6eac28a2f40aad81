package dev.cloudmap.discovery.autoconfigure.check;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Logs a warning for each property below {@code discovery.} that is probably mistyped,
 * after the application has started. A property that resembles no known one may belong to
 * the application and is logged at debug level.
 */
public final class UnknownPropertiesReport implements ApplicationListener<ApplicationReadyEvent> {

	private static final Logger logger = LoggerFactory.getLogger(UnknownPropertiesReport.class);

	private final ConfigurableApplicationContext context;

	private final Map<String, Class<?>> groups;

	private final Executor executor;

	private final Set<String> reported;

	/**
	 * Creates a report.
	 * @param context the context whose environment is searched. Warnings of its parent's
	 * report are not repeated
	 * @param groups the records that bind this library's properties, by prefix
	 * @param executor runs the search
	 */
	public UnknownPropertiesReport(ConfigurableApplicationContext context, Map<String, Class<?>> groups,
			Executor executor) {
		this.context = context;
		this.groups = Map.copyOf(groups);
		this.executor = executor;
		ApplicationContext parent = context.getParent();
		UnknownPropertiesReport report = (parent != null)
				? parent.getBeanProvider(UnknownPropertiesReport.class).getIfUnique() : null;
		this.reported = (report != null) ? report.reported : ConcurrentHashMap.newKeySet();
	}

	/**
	 * Searches when the application of this context or of a child context is ready.
	 * Spring Boot suspends logging while a child context starts.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		try {
			this.executor.execute(this::report);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The properties are not checked because the application is stopping");
		}
	}

	private void report() {
		try {
			BoundConfigurationProperties properties = BoundConfigurationProperties.get(this.context);
			Collection<ConfigurationPropertyName> bound = (properties != null) ? properties.getAll().keySet()
					: List.of();
			new UnknownProperties(this.groups).find(this.context.getEnvironment(), bound).forEach(this::log);
		}
		catch (RuntimeException ex) {
			logger.debug("The properties below {} cannot be checked", UnknownProperties.ROOT, ex);
		}
	}

	private void log(SetProperty property, Optional<String> suggestion) {
		if (suggestion.isEmpty()) {
			logger.debug("{} is unknown", property.description());
		}
		else if (logger.isWarnEnabled() && this.reported.add(property.key())) {
			logger.warn("{}", property.message(suggestion.get()));
		}
	}

}
