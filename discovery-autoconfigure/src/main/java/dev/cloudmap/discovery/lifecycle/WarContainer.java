package dev.cloudmap.discovery.lifecycle;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import jakarta.servlet.ServletContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.web.context.WebApplicationContext;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The servlet container that this application is deployed to as a WAR. If it is a Tomcat,
 * its port becomes the port of the application when the context is refreshed. Tomcat
 * accepts requests only after all of its applications have started.
 */
public final class WarContainer
		implements HostServer, RegistrationCustomizer, ApplicationListener<ContextRefreshedEvent> {

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private static final Logger logger = LoggerFactory.getLogger(WarContainer.class);

	private final ServletContext servlets;

	private final ServingContext serving;

	private final Timer timer;

	private final Executor executor;

	private volatile boolean secure;

	/**
	 * Creates the container.
	 * @param servlets the container's view of this application
	 * @param serving receives the port
	 * @param timer repeats the check whether a Tomcat that is starting has started
	 * @param executor runs what has waited for that
	 */
	public WarContainer(ServletContext servlets, ServingContext serving, Timer timer, Executor executor) {
		this.servlets = servlets;
		this.serving = serving;
		this.timer = timer;
		this.executor = executor;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		ApplicationContext context = event.getApplicationContext();
		if (context instanceof WebApplicationContext web && web.getServletContext() == this.servlets) {
			connector().filter((connector) -> this.serving.accept(context, connector.port())).ifPresent((connector) -> {
				this.secure = connector.secure();
				logger.info("The port of this application is {}, that of the Tomcat that it is deployed to",
						connector.port());
			});
		}
	}

	@Override
	public void whenServing(Runnable action) {
		if (isStarting()) {
			this.timer.schedule(() -> repeat(action), INTERVAL);
		}
		else {
			action.run();
		}
	}

	private void repeat(Runnable action) {
		if (isStarting()) {
			this.timer.schedule(() -> repeat(action), INTERVAL);
			return;
		}
		try {
			this.executor.execute(() -> run(action));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The application has stopped before Tomcat has started", ex);
		}
	}

	private static void run(Runnable action) {
		try {
			action.run();
		}
		catch (DiscoveryException ex) {
			logger.debug("The registration has reported why it failed", ex);
		}
	}

	private boolean isStarting() {
		return connector().filter((connector) -> !connector.accepting()).isPresent();
	}

	private Optional<TomcatConnector> connector() {
		return TomcatConnector.of(this.servlets.getContextPath());
	}

	/**
	 * The context path that the container has chosen; empty for the root.
	 */
	public String contextPath() {
		return this.servlets.getContextPath();
	}

	@Override
	public void customize(Map<String, String> attributes) {
		if (this.secure) {
			attributes.putIfAbsent(InstanceAttributes.SECURE, "true");
		}
	}

}
