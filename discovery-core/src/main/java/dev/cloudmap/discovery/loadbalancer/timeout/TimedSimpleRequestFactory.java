package dev.cloudmap.discovery.loadbalancer.timeout;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.SimpleClientHttpRequestFactory;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * Sends requests with {@link HttpURLConnection}, the default of {@code RestTemplate}, and
 * the timeouts of the called service. A disconnection ends its reads.
 */
public final class TimedSimpleRequestFactory extends SimpleClientHttpRequestFactory {

	@Override
	protected void prepareConnection(HttpURLConnection connection, String method) throws IOException {
		super.prepareConnection(connection, method);
		Call call = Call.current();
		if (call != null) {
			connection.setConnectTimeout(millis(call.timeouts().connect()));
			connection.setReadTimeout(millis(call.readTimeout()));
			// an interrupt does not end a read
			call.abortBy(connection::disconnect);
		}
	}

	/** 0 is without limit. */
	private static int millis(@Nullable Duration duration) {
		return (duration != null) ? (int) Math.max(1, Math.min(duration.toMillis(), Integer.MAX_VALUE)) : 0;
	}

}
