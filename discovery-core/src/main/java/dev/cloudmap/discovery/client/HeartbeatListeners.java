package dev.cloudmap.discovery.client;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Detects whether an application listens to {@link HeartbeatEvent}.
 */
final class HeartbeatListeners {

	private static final ResolvableType HEARTBEAT = ResolvableType.forClass(HeartbeatEvent.class);

	/** Listeners of all events that ignore heartbeats. */
	private static final Set<String> INFRASTRUCTURE = Set.of(
			"org.springframework.security.context.DelegatingApplicationListener",
			"org.springframework.boot.devtools.restart.RestartApplicationListener");

	private HeartbeatListeners() {
	}

	/**
	 * Whether a context or one of its ancestors has a listener, even if its bean does not
	 * exist yet.
	 */
	static boolean exist(@Nullable ApplicationContext context) {
		for (ApplicationContext current = context; current != null; current = current.getParent()) {
			if (existIn(current)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a context itself has a listener.
	 */
	static boolean existIn(ApplicationContext context) {
		return context instanceof AbstractApplicationContext candidate && existIn(candidate);
	}

	private static boolean existIn(AbstractApplicationContext context) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		String[] names = beans.getBeanNamesForType(ApplicationListener.class, true, false);
		if (Stream.of(names).anyMatch((name) -> isListener(beans, name))) {
			return true;
		}
		// a bean definition contains the event type, which the class of a lambda does not
		Set<Object> singletons = Collections.newSetFromMap(new IdentityHashMap<>());
		Stream.of(names).map(beans::getSingleton).filter(Objects::nonNull).forEach(singletons::add);
		Collection<ApplicationListener<?>> listeners = context.getApplicationListeners();
		return listeners.stream()
			.filter((listener) -> !singletons.contains(listener)
					&& !INFRASTRUCTURE.contains(listener.getClass().getName()))
			.anyMatch(HeartbeatListeners::supportsHeartbeats);
	}

	private static boolean isListener(ConfigurableListableBeanFactory beans, String name) {
		Class<?> type = beans.getType(name, false);
		if (type == null || INFRASTRUCTURE.contains(type.getName())) {
			return false;
		}
		if (SmartApplicationListener.class.isAssignableFrom(type) || Proxy.isProxyClass(type)) {
			// only the instance reports the event types
			return supportsHeartbeats(beans.getBean(name, ApplicationListener.class));
		}
		ResolvableType declared = beans.containsBeanDefinition(name)
				? beans.getMergedBeanDefinition(name).getResolvableType() : ResolvableType.NONE;
		Class<?> event = event(declared);
		if (event == null) {
			event = event(ResolvableType.forClass(type));
		}
		return event != null && event.isAssignableFrom(HeartbeatEvent.class);
	}

	private static @Nullable Class<?> event(ResolvableType listener) {
		return listener.as(ApplicationListener.class).getGeneric().resolve();
	}

	private static boolean supportsHeartbeats(ApplicationListener<?> listener) {
		GenericApplicationListener generic = (listener instanceof GenericApplicationListener known) ? known
				: new GenericApplicationListenerAdapter(listener);
		return generic.supportsEventType(HEARTBEAT);
	}

}
