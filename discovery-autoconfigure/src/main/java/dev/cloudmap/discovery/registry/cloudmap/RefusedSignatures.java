package dev.cloudmap.discovery.registry.cloudmap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Hides the session token in what a service answers to a signature that it refuses: the
 * answer repeats the canonical request, and becomes the message of an exception.
 */
final class RefusedSignatures implements ExecutionInterceptor {

	/** No error of the API is longer. */
	private static final int MAX_BYTES = 64 * 1024;

	/** In JSON, where slashes may be escaped and line breaks are. */
	private static final Pattern TOKEN = Pattern.compile("(x-amz-security-token:)(?:[^\\\\\"\\n]|\\\\/)*",
			Pattern.CASE_INSENSITIVE);

	@Override
	public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context,
			ExecutionAttributes attributes) {
		return context.httpResponse().isSuccessful() ? context.responseBody()
				: context.responseBody().map(RefusedSignatures::withoutToken);
	}

	private static InputStream withoutToken(InputStream body) {
		try (body) {
			String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
			return new ByteArrayInputStream(
					TOKEN.matcher(text).replaceAll("$1(hidden)").getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
