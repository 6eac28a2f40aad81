package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.UrlHost;

/**
 * {@link FailureAnalyzer} for the exception of Spring Cloud OpenFeign for a service whose
 * name is not a valid host of a URL, such as {@code @FeignClient("my_service")}.
 */
class FeignClientNameFailureAnalyzer implements FailureAnalyzer {

	private static final Pattern MESSAGE = Pattern.compile("Service id not legal hostname \\((.+)\\)");

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Matcher matcher = MESSAGE.matcher(String.valueOf(cause.getMessage()));
			if (cause instanceof IllegalStateException && matcher.matches()) {
				DiscoveryException explained = UrlHost.missing(matcher.group(1));
				return new FailureAnalysis("@FeignClient: " + explained.getDescription(), explained.getAction(), cause);
			}
		}
		return null;
	}

}
