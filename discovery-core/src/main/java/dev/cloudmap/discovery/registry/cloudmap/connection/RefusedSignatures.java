package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Hides the session token in the answer to a request with a rejected signature. Such an
 * answer repeats the canonical request, and the SDK uses it as an exception message.
 */
final class RefusedSignatures implements ExecutionInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(RefusedSignatures.class);

	/** The read limit. Errors of the API are shorter. */
	private static final int MAX_BYTES = 64 * 1024;

	/** The token in JSON, where slashes may be escaped and line breaks are escaped. */
	private static final Pattern TOKEN = Pattern.compile("(x-amz-security-token:)(?:[^\\\\\"\\n]|\\\\/)*",
			Pattern.CASE_INSENSITIVE);

	@Override
	public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context,
			ExecutionAttributes attributes) {
		return context.httpResponse().isSuccessful() ? context.responseBody()
				: context.responseBody().map(RefusedSignatures::withoutToken);
	}

	private static InputStream withoutToken(InputStream body) {
		String text = new String(read(body), StandardCharsets.UTF_8);
		return new ByteArrayInputStream(TOKEN.matcher(text).replaceAll("$1(hidden)").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Reads the body of an error. If the connection fails, this method returns an empty
	 * body, because the status identifies the error.
	 */
	private static byte[] read(InputStream body) {
		try (body) {
			return body.readNBytes(MAX_BYTES);
		}
		catch (IOException ex) {
			logger.debug("The connection broke off in the body of an error", ex);
			return new byte[0];
		}
	}

}
