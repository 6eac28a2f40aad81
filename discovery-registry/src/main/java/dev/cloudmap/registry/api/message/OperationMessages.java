package dev.cloudmap.registry.api.message;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The requests and responses on operations.
 */
public final class OperationMessages {

	private OperationMessages() {
	}

	public record OperationStarted(String operationId) {
	}

	public record GetOperation(@Required @Length(max = Patterns.MAX_ARN) String operationId,
			@Length(min = Patterns.ACCOUNT_LENGTH, max = Patterns.ACCOUNT_LENGTH) @Nullable String ownerAccount) {
	}

	public record ListOperations(@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Nullable List<OperationFilter> filters) {
	}

	public record OperationFilter(@Required @OneOf(OperationFilterName.class) String name,
			@Required @Length(min = 1) List<@Length(min = 1, max = Patterns.MAX_FILTER_VALUE) String> values,
			@OneOf(FilterCondition.class) @Nullable String condition) {
	}

	public enum OperationFilterName {

		NAMESPACE_ID, SERVICE_ID, STATUS, TYPE, UPDATE_DATE

	}

	public record OperationAnswer(OperationDetail operation) {
	}

	public record OperationPage(List<OperationSummary> operations, @Nullable String nextToken) {
	}

	public record OperationSummary(String id, String status) {
	}

	public record OperationDetail(String id, String ownerAccount, String type, String status,
			@Nullable String errorMessage, @Nullable String errorCode, Instant createDate, Instant updateDate,
			Map<String, String> targets) {
	}

}
