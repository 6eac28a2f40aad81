package dev.cloudmap.discovery.registry.cloudmap.call;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.waiters.Waiter;
import software.amazon.awssdk.core.waiters.WaiterAcceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.GetOperationResponse;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.connection.AnswerTooLargeException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.ProxyRoute;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.GET_OPERATION;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.REGISTER_INSTANCE;

/**
 * Calls Cloud Map: counts the calls, translates the SDK's exceptions into
 * {@link DiscoveryException}s, and waits for asynchronous operations.
 */
public final class CloudMapCalls {

	/** The header in every answer of a registry that reports changes. */
	public static final String REVISION_HEADER = "X-Discovery-Revision";

	/**
	 * The registry's error code for a host name that is not allowed. An IAM policy does
	 * not resolve it.
	 */
	private static final String HOST_NOT_ALLOWED = "HostNotAllowed";

	/** A revision of at most 18 digits, which always fit in a long. */
	private static final Pattern REVISION = Pattern.compile("\\d{1,18}");

	/**
	 * The prefix of the SDK's messages for an answer or error that it cannot parse.
	 */
	private static final String NOT_READABLE = "Unable to unmarshall ";

	/** The package prefix of the SDK's JSON parser. */
	private static final String JSON_PARSER = "software.amazon.awssdk.thirdparty.";

	/** The prefix of the message of the SDK's waiter when it reaches its limit. */
	private static final String NOT_ENDED = "The waiter has exceeded";

	private static final Duration FIRST_POLL = Duration.ofMillis(20);

	private static final Duration SLOWEST_POLL = Duration.ofSeconds(2);

	private static final Duration OPERATION_TIMEOUT = Duration.ofMinutes(2);

	private static final int MAX_POLLS = 1000;

	/** The error code of an operation whose DNS records Route 53 rejects. */
	private static final String INVALID_CHANGE_BATCH = "INVALID_CHANGE_BATCH";

	private static final String SHARED_ADDRESS = "If another instance of the service has the same address, set"
			+ " discovery.registration.host to an address of its own, such as 127.0.1.2 on one machine, and deregister"
			+ " instances that are gone";

	/**
	 * The maximum number of attempts to start an operation while another one is in
	 * progress.
	 */
	private static final int MAX_ATTEMPTS = 5;

	private final ServiceDiscoveryClient client;

	private final String location;

	private final CloudMapEndpoint endpoint;

	private final CallMeter meter;

	private final LongConsumer onRevision;

	private final Answers answers;

	/** Whether an answer contained a revision. Calls to such a registry cost nothing. */
	private volatile boolean watchable;

	private final Waiter<GetOperationResponse> operationWaiter = Waiter.builder(GetOperationResponse.class)
		.addAcceptor(WaiterAcceptor.successOnResponseAcceptor(this::hasEnded))
		.addAcceptor(WaiterAcceptor.retryOnResponseAcceptor((response) -> true))
		// otherwise the waiter wraps the failure in an exception of its own
		.addAcceptor(WaiterAcceptor.successOnExceptionAcceptor((failure) -> failure instanceof RuntimeException))
		.overrideConfiguration((configuration) -> configuration.maxAttempts(MAX_POLLS)
			.waitTimeout(OPERATION_TIMEOUT)
			.backoffStrategyV2(BackoffStrategy.exponentialDelay(FIRST_POLL, SLOWEST_POLL)))
		.build();

	/**
	 * Creates an instance.
	 * @param client the SDK's client
	 * @param location the name of the registry in messages
	 * @param meter counts calls and refuses calls beyond the budget
	 * @param onRevision receives the revision in an answer; only a registry that reports
	 * changes sends one; must not block
	 */
	public CloudMapCalls(ServiceDiscoveryClient client, String location, CallMeter meter, LongConsumer onRevision) {
		this.client = client;
		this.location = location;
		this.endpoint = CloudMapEndpoint.of(client);
		this.meter = meter;
		this.onRevision = onRevision;
		this.answers = new Answers(location);
	}

	/**
	 * Returns the checks for answers of this registry.
	 */
	public Answers answers() {
		return this.answers;
	}

	/**
	 * Calls Cloud Map once.
	 * @param operation the operation
	 * @param call calls the operation once
	 * @return the answer of Cloud Map
	 * @throws CallBudgetExceededException if the call budget is used up
	 * @throws DiscoveryException if the call fails
	 */
	public <T> T call(CloudMapOperation operation, Function<ServiceDiscoveryClient, T> call) {
		return translated(operation, () -> send(operation, call));
	}

	/**
	 * Calls Cloud Map once and returns a required member of the answer.
	 * @param operation the operation
	 * @param call calls the operation once
	 * @param member the path of the member, for messages
	 * @param value returns the member of an answer
	 * @throws DiscoveryException if the call fails or the member is missing
	 */
	public <R, T> T call(CloudMapOperation operation, Function<ServiceDiscoveryClient, R> call, String member,
			Function<R, @Nullable T> value) {
		return this.answers.require(operation, member, value.apply(call(operation, call)));
	}

	private <T> T translated(CloudMapOperation operation, Supplier<T> call) {
		try {
			return call.get();
		}
		catch (SdkException ex) {
			throw translate(operation.apiName(), ex);
		}
		catch (DiscoveryException ex) {
			throw ex;
		}
		catch (RejectedExecutionException | IllegalStateException ex) {
			throw new RegistryUnavailableException("The connection to Cloud Map at " + this.location + " is closed",
					ex);
		}
	}

	/**
	 * Sends a call and counts it. The SDK retries calls itself. The attempts of a failed
	 * call are counted too; the SDK does not report the failed attempts before a success.
	 */
	private <T> T send(CloudMapOperation operation, Function<ServiceDiscoveryClient, T> call) {
		this.meter.begin(operation, this.watchable);
		try {
			T result = call.apply(this.client);
			if (result instanceof SdkResponse response) {
				noteRevision(response.sdkHttpResponse());
			}
			return result;
		}
		catch (SdkException ex) {
			this.meter.failed(operation, Objects.requireNonNullElse(ex.numAttempts(), 1));
			if (ex instanceof AwsServiceException refusal && refusal.awsErrorDetails() != null) {
				noteRevision(refusal.awsErrorDetails().sdkHttpResponse());
			}
			throw ex;
		}
		catch (UncheckedIOException ex) {
			// the SDK does not wrap it, for example when an interceptor reads a body
			this.meter.failed(operation, 1);
			throw SdkClientException.create(String.valueOf(ex.getMessage()), ex);
		}
	}

	private void noteRevision(@Nullable SdkHttpResponse response) {
		if (response != null) {
			response.firstMatchingHeader(REVISION_HEADER)
				.filter((value) -> REVISION.matcher(value).matches())
				.ifPresent((value) -> {
					this.watchable = true;
					this.onRevision.accept(Long.parseLong(value));
				});
		}
	}

	/**
	 * Starts an asynchronous operation and waits until it has ended. If another operation
	 * on the same resource is in progress, this method waits for that operation and
	 * starts its own again, because the other operation may differ.
	 * @param name the operation
	 * @param operation starts the operation and returns its id
	 * @return the operation
	 * @throws DiscoveryException if the operation fails
	 */
	public Operation carryOut(CloudMapOperation name, Function<ServiceDiscoveryClient, String> operation) {
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Begun begun = call(name, (client) -> {
				try {
					return new Begun(operationId(name, operation.apply(client)), true);
				}
				catch (DuplicateRequestException ex) {
					return new Begun(operationId(name, ex.duplicateOperationId()), false);
				}
			});
			Operation ended = end(begun.operationId);
			if (begun.own) {
				requireSuccess(name, begun.operationId, ended);
				return ended;
			}
		}
		throw new RegistryUnavailableException("Cloud Map at " + this.location + " could not carry out "
				+ name.apiName() + ": other operations on the same resource are still in progress", null);
	}

	private String operationId(CloudMapOperation operation, @Nullable String id) {
		return this.answers.requireText(operation, "OperationId", id);
	}

	private static void requireSuccess(CloudMapOperation name, String id, Operation operation) {
		if (operation.status() == OperationStatus.FAIL) {
			throw new DiscoveryException(
					"Cloud Map could not carry out " + name.apiName() + " (operation " + id + "): "
							+ operation.errorCode() + ": " + operation.errorMessage(),
					isRefusedRecord(name, operation) ? SHARED_ADDRESS : null, null);
		}
	}

	/**
	 * Returns whether Route 53 rejected an instance's DNS records. It does so when
	 * another instance of the service has the same address.
	 */
	private static boolean isRefusedRecord(CloudMapOperation name, Operation operation) {
		return name == REGISTER_INSTANCE && INVALID_CHANGE_BATCH.equals(operation.errorCode());
	}

	private Operation end(String operationId) {
		return translated(GET_OPERATION, () -> {
			try {
				var last = this.operationWaiter
					.run(() -> send(GET_OPERATION,
							(client) -> client.getOperation((request) -> request.operationId(operationId))))
					.matched();
				return last.response().orElseThrow(() -> (RuntimeException) last.exception().orElseThrow()).operation();
			}
			catch (SdkClientException ex) {
				if (String.valueOf(ex.getMessage()).startsWith(NOT_ENDED)) {
					throw new RegistryUnavailableException("Cloud Map at " + this.location + " has not ended operation "
							+ operationId + " within " + OPERATION_TIMEOUT.toSeconds() + " s", ex);
				}
				throw ex;
			}
		});
	}

	private boolean hasEnded(GetOperationResponse response) {
		Operation operation = this.answers.require(GET_OPERATION, "Operation", response.operation());
		OperationStatus status = this.answers.require(GET_OPERATION, "Operation.Status", operation.status());
		return status == OperationStatus.SUCCESS || status == OperationStatus.FAIL;
	}

	private DiscoveryException translate(String operation, SdkException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof AnswerTooLargeException tooLarge) {
				return new UnexpectedAnswerException(this.location, operation, "at most " + tooLarge.limit() + " bytes",
						"more", ex);
			}
		}
		if (String.valueOf(ex.getMessage()).startsWith(NOT_READABLE)) {
			if (isBrokenOff(rootCause(ex))) {
				return new RegistryUnavailableException("The connection to Cloud Map at " + this.location
						+ " broke off in the answer to " + operation + ": " + rootMessage(ex), ex);
			}
			return new UnexpectedAnswerException(this.location, operation, "the JSON of Cloud Map",
					"something else" + ProxyRoute.describe(proxy()), ex);
		}
		if (ex instanceof InstanceNotFoundException || ex instanceof ServiceNotFoundException
				|| ex instanceof NamespaceNotFoundException) {
			return new NotRegisteredException(describe(operation, (AwsServiceException) ex), ex);
		}
		if (ex instanceof CustomHealthNotFoundException refusal) {
			return new NoCustomHealthException(describe(operation, refusal), ex);
		}
		if (ex instanceof AwsServiceException refusal) {
			return refusal(operation, refusal);
		}
		if (isUnreachable(ex)) {
			return new RegistryUnavailableException("Cloud Map at " + this.location + " could not be reached for "
					+ operation + ProxyRoute.describe(proxy()) + ": " + rootMessage(ex), ex);
		}
		if (String.valueOf(ex.getMessage()).contains("Unable to load credentials")) {
			return new MissingCredentialsException(operation, ex);
		}
		return new DiscoveryException(operation + " failed before Cloud Map was called: " + ex.getMessage(), ex);
	}

	private DiscoveryException refusal(String operation, AwsServiceException ex) {
		// another embedded registry than the one the application joined may require
		// signatures
		if (ex.isThrottlingException() || ex.statusCode() >= 500 || isOfProxy(ex)
				|| errorCode(ex).startsWith("MissingAuthenticationToken")) {
			return new RegistryUnavailableException(describe(operation, ex), ex);
		}
		if (errorCode(ex).equals(HOST_NOT_ALLOWED)) {
			return new DiscoveryException(describe(operation, ex), ex);
		}
		if (ex.statusCode() == 403 || errorCode(ex).startsWith("AccessDenied")) {
			return new AccessDeniedException(describe(operation, ex)
					+ ". Expected credentials that are allowed 'servicediscovery:" + operation + "'",
					"Add that action to the policy of the role that runs this application", ex);
		}
		return new DiscoveryException(describe(operation, ex), ex);
	}

	private String describe(String operation, AwsServiceException ex) {
		String message = (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorMessage() : null;
		String proxy = isOfProxy(ex) ? ProxyRoute.describe(proxy()) : "";
		return "Cloud Map at " + this.location + " answered " + operation + proxy + " with " + errorCode(ex)
				+ ((message != null) ? ": " + message : "");
	}

	/**
	 * Returns whether an answer may come from a proxy. Errors of Cloud Map have an error
	 * code.
	 */
	private boolean isOfProxy(AwsServiceException ex) {
		boolean hasCode = ex.awsErrorDetails() != null && ex.awsErrorDetails().errorCode() != null;
		return !hasCode && proxy() != null;
	}

	private @Nullable String proxy() {
		return this.endpoint.isKnown() ? ProxyRoute.ofSdk(this.endpoint.uri()) : null;
	}

	private static String errorCode(AwsServiceException ex) {
		String code = (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorCode() : null;
		return (code != null) ? code : "status " + ex.statusCode();
	}

	private static boolean isUnreachable(SdkException ex) {
		if (ex instanceof ApiCallTimeoutException || ex instanceof ApiCallAttemptTimeoutException) {
			return true;
		}
		return ex instanceof SdkClientException && rootCause(ex) instanceof IOException;
	}

	/**
	 * Returns whether the connection failed while the answer was read. The exceptions for
	 * content that is not JSON, UTF-8 or GZIP are {@link IOException}s too.
	 */
	private static boolean isBrokenOff(Throwable root) {
		return root instanceof IOException && !(root instanceof ZipException)
				&& !(root instanceof CharConversionException) && !root.getClass().getName().startsWith(JSON_PARSER);
	}

	private static String rootMessage(Throwable ex) {
		Throwable root = rootCause(ex);
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	private static Throwable rootCause(Throwable ex) {
		Throwable cause = ex;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	private record Begun(String operationId, boolean own) {
	}

}
