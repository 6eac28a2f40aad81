package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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

	private static final int BUFFER = 8192;

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
	 * Reads the body of an error. If the connection fails, this method returns the bytes
	 * read so far, because the status identifies the error without the body.
	 */
	private static byte[] read(InputStream body) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		try (body) {
			byte[] buffer = new byte[BUFFER];
			int length = body.read(buffer);
			while (length >= 0 && content.size() < MAX_BYTES) {
				content.write(buffer, 0, length);
				length = body.read(buffer);
			}
		}
		catch (IOException ex) {
			logger.debug("The connection broke off in an error, of which {} bytes were read", content.size(), ex);
		}
		return content.toByteArray();
	}

}
