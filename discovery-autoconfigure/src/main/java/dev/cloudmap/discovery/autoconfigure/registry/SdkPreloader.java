package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;

/**
 * Loads the classes of the AWS SDK's client on a thread of its own while the application
 * context starts, if the environment selects AWS Cloud Map. The main thread, which builds
 * the client later, would otherwise load about 1,500 classes.
 */
final class SdkPreloader implements ApplicationListener<ApplicationPreparedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(SdkPreloader.class);

	private static final String THREAD = "discovery-preload";

	/** An endpoint that is never called. */
	private static final URI ENDPOINT = URI.create("http://127.0.0.1:9");

	/** Classes are loaded once in a JVM, whatever the number of applications. */
	private static final AtomicBoolean STARTED = new AtomicBoolean();

	@Override
	public void onApplicationEvent(ApplicationPreparedEvent event) {
		Environment environment = event.getApplicationContext().getEnvironment();
		if (isUseful(environment, Runtime.getRuntime().availableProcessors()) && STARTED.compareAndSet(false, true)) {
			Thread thread = new Thread(SdkPreloader::load, THREAD);
			thread.setDaemon(true);
			thread.start();
		}
	}

	/**
	 * Returns whether the application probably uses the client, and another processor is
	 * there to load it.
	 */
	static boolean isUseful(Environment environment, int processors) {
		try {
			return processors > 1 && environment.getProperty("discovery.enabled", Boolean.class, true)
					&& environment.getProperty("spring.cloud.discovery.enabled", Boolean.class, true)
					&& !TestContexts.isMarked(environment) && RegistryChoice.selectsCloudMap(environment);
		}
		catch (RuntimeException ex) {
			// the binding of all properties reports a wrong value
			return false;
		}
	}

	static void load() {
		try {
			CloudMapConnection connection = new CloudMapConnection(ENDPOINT, "us-east-1",
					AnonymousCredentialsProvider.create(), null);
			CloudMapClients.builder(connection).build().close();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("The classes of the AWS SDK could not be loaded in advance", ex);
		}
	}

}
