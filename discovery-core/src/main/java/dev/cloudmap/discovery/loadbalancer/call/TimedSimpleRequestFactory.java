package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.SimpleClientHttpRequestFactory;

/**
 * Sends a {@code RestTemplate}'s requests as it does by itself, by
 * {@link HttpURLConnection}, and waits as long as is set for each service. Interruption
 * does not end its waiting.
 */
public final class TimedSimpleRequestFactory extends SimpleClientHttpRequestFactory {

	@Override
	protected void prepareConnection(HttpURLConnection connection, String method) throws IOException {
		super.prepareConnection(connection, method);
		Call call = CallScope.current();
		if (call != null) {
			connection.setConnectTimeout(millis(call.timeouts().connect()));
			connection.setReadTimeout(millis(call.patience()));
		}
	}

	/** For it, 0 is without limit. */
	private static int millis(@Nullable Duration duration) {
		return (duration != null) ? (int) Math.max(1, Math.min(duration.toMillis(), Integer.MAX_VALUE)) : 0;
	}

}
