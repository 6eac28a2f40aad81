package dev.cloudmap.discovery.loadbalancer;

import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * With which HTTP status a call was answered.
 */
public final class CallStatus {

	/** Spring Cloud Gateway on Spring MVC completes calls with its own response. */
	private static final boolean WEB_MVC_PRESENT = ClassUtils
		.isPresent("org.springframework.web.servlet.function.ServerResponse", CallStatus.class.getClassLoader());

	private CallStatus() {
	}

	/**
	 * The status of the answer.
	 * @param completion how Spring Cloud LoadBalancer says that the call ended; not null
	 * @return the status; empty if there was no answer, or the client does not tell
	 */
	public static OptionalInt of(CompletionContext<?, ?, ?> completion) {
		Object response = completion.getClientResponse();
		if (response instanceof ResponseData data && data.getHttpStatus() != null) {
			return OptionalInt.of(data.getHttpStatus().value());
		}
		return WEB_MVC_PRESENT ? WebMvc.status(response) : OptionalInt.empty();
	}

	/** Loaded only where Spring MVC is there. */
	private static final class WebMvc {

		private static OptionalInt status(@Nullable Object response) {
			return (response instanceof ServerResponse answer) ? OptionalInt.of(answer.statusCode().value())
					: OptionalInt.empty();
		}

	}

}
