package dev.cloudmap.discovery.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * {@link FailureAnalyzer} for a {@link DiscoveryException}.
 */
public class DiscoveryFailureAnalyzer extends AbstractFailureAnalyzer<DiscoveryException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, DiscoveryException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getAction(), cause);
	}

}
