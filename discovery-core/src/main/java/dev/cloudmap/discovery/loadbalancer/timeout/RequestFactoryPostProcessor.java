package dev.cloudmap.discovery.loadbalancer.timeout;

import org.jspecify.annotations.Nullable;
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
			if (bean instanceof RestClient.Builder builder && hasNoFactory(builder)) {
				builder.requestFactory(DefaultRequestFactories.timed());
			}
			else if (bean instanceof RestTemplate template && isUntouched(factory(template))) {
				template.setRequestFactory(new TimedSimpleRequestFactory());
			}
		}
		return bean;
	}

	/**
	 * A builder has no accessor for its request factory.
	 */
	private static boolean hasNoFactory(RestClient.Builder builder) {
		DirectFieldAccessor fields = new DirectFieldAccessor(builder);
		if (!fields.isReadableProperty("requestFactory")) {
			logger.debug("The request factory of {} cannot be read and keeps its own timeouts", builder.getClass());
			return false;
		}
		return fields.getPropertyValue("requestFactory") == null;
	}

	private static ClientHttpRequestFactory factory(RestTemplate template) {
		ClientHttpRequestFactory factory = template.getRequestFactory();
		return (factory instanceof InterceptingClientHttpRequestFactory intercepting) ? intercepting.getDelegate()
				: factory;
	}

	private static boolean isUntouched(ClientHttpRequestFactory factory) {
		if (factory.getClass() != SimpleClientHttpRequestFactory.class) {
			return false;
		}
		DirectFieldAccessor fields = new DirectFieldAccessor(factory);
		return isUnset(fields, "connectTimeout", UNSET) && isUnset(fields, "readTimeout", UNSET)
				&& isUnset(fields, "proxy", null);
	}

	private static boolean isUnset(DirectFieldAccessor fields, String name, @Nullable Object unset) {
		if (!fields.isReadableProperty(name)) {
			return false;
		}
		Object value = fields.getPropertyValue(name);
		return (unset != null) ? unset.equals(value) : value == null;
	}

}
