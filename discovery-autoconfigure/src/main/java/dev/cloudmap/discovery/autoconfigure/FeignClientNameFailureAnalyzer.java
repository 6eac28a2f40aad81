package dev.cloudmap.discovery.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;

/**
 * Explains the refusal of Spring Cloud OpenFeign to call a service whose name no URL can
 * have as its host, such as {@code @FeignClient("my_service")}.
 */
class FeignClientNameFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

	private static final Pattern MESSAGE = Pattern.compile("Service id not legal hostname \\((.+)\\)");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
		Matcher matcher = MESSAGE.matcher(String.valueOf(cause.getMessage()));
		if (!matcher.matches()) {
			return null;
		}
		DiscoveryException explained = UrlHost.missing(matcher.group(1));
		return new FailureAnalysis("@FeignClient: " + explained.getDescription(), explained.getAction(), cause);
	}

}
