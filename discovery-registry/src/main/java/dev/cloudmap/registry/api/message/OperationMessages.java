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

	public record GetOperation(@Required @Is(Shape.ARN) String operationId,
			@Is(Shape.ACCOUNT) @Nullable String ownerAccount) {
	}

	public record ListOperations(@Is(Shape.PAGE_TOKEN) @Nullable String nextToken,
			@Is(Shape.PAGE_SIZE) @Nullable Integer maxResults, @Nullable List<OperationFilter> filters) {
	}

	public record OperationFilter(@Required @OneOf(OperationFilterName.class) String name,
			@Required @Is(Shape.NON_EMPTY) List<@Is(Shape.FILTER_VALUE) String> values,
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
