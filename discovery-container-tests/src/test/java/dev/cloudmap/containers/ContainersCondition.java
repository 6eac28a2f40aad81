package dev.cloudmap.containers;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/**
 * Skips tests if no Docker-compatible container engine is available, and logs this once.
 */
final class ContainersCondition implements ExecutionCondition {

	private static final Logger logger = LoggerFactory.getLogger(ContainersCondition.class);

	private static final ConditionEvaluationResult RESULT = evaluate();

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return RESULT;
	}

	private static ConditionEvaluationResult evaluate() {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			return ConditionEvaluationResult.enabled("a container engine is available");
		}
		String reason = "Tests with containers are skipped: no Docker-compatible engine answers at DOCKER_HOST or the"
				+ " default socket";
		logger.warn(reason);
		return ConditionEvaluationResult.disabled(reason);
	}

}
