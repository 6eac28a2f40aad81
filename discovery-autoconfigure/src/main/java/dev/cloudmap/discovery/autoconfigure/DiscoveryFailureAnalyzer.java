package dev.cloudmap.discovery.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Says at start-up what was expected, what was found and what to write instead.
 */
class DiscoveryFailureAnalyzer extends AbstractFailureAnalyzer<DiscoveryException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, DiscoveryException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getAction(), cause);
	}

}
