package dev.cloudmap.discovery.loadbalancer.timeout;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.InterceptingClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Gives load-balanced clients that have no request factory of their own one that keeps
 * each service's timeouts. A factory that the user has set stays as it is.
 */
public final class RequestFactoryPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(RequestFactoryPostProcessor.class);

	/** The classes whose fields are read. */
	static final List<String> READ = List.of("org.springframework.web.client.DefaultRestClientBuilder",
			"org.springframework.http.client.SimpleClientHttpRequestFactory");

	private static final int UNSET = -1;

	private final ApplicationContext context;

	/**
	 * Creates the post-processor.
	 * @param context the beans that are processed
	 */
	public RequestFactoryPostProcessor(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
		if ((bean instanceof RestClient.Builder || bean instanceof RestTemplate)
				&& this.context.findAnnotationOnBean(beanName, LoadBalanced.class) != null) {
			// a builder has no accessor for its request factory, nor has a factory for
			// its timeouts
			if (bean instanceof RestClient.Builder builder && areUnset(builder, "requestFactory")) {
				builder.requestFactory(DefaultRequestFactories.timed());
			}
			else if (bean instanceof RestTemplate template && isUntouched(factory(template))) {
				template.setRequestFactory(new TimedSimpleRequestFactory());
			}
		}
		return bean;
	}

	private static ClientHttpRequestFactory factory(RestTemplate template) {
		ClientHttpRequestFactory factory = template.getRequestFactory();
		return (factory instanceof InterceptingClientHttpRequestFactory intercepting) ? intercepting.getDelegate()
				: factory;
	}

	private static boolean isUntouched(ClientHttpRequestFactory factory) {
		return factory.getClass() == SimpleClientHttpRequestFactory.class
				&& areUnset(factory, "connectTimeout", "readTimeout", "proxy");
	}

	/**
	 * Whether fields have their initial values. False in a later version of Spring that
	 * does not have these fields: the object then keeps its own timeouts.
	 */
	private static boolean areUnset(Object object, String... names) {
		DirectFieldAccessor fields = new DirectFieldAccessor(object);
		for (String name : names) {
			if (!fields.isReadableProperty(name)) {
				logger.debug("{} has no field {}, and keeps its own timeouts", object.getClass(), name);
				return false;
			}
			Object value = fields.getPropertyValue(name);
			if (value != null && !value.equals(UNSET)) {
				return false;
			}
		}
		return true;
	}

}
