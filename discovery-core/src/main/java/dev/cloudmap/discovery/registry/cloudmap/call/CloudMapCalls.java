package dev.cloudmap.discovery.registry.cloudmap.call;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.GetOperationResponse;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.GET_OPERATION;

/**
 * Calls Cloud Map: counts the calls, translates the SDK's exceptions into
 * {@link DiscoveryException}s, and waits for asynchronous operations.
 */
public final class CloudMapCalls {

	/** The header in every answer of a registry that reports changes. */
	public static final String REVISION_HEADER = "X-Discovery-Revision";

	/** A revision of at most 18 digits, which always fit in a long. */
	private static final Pattern REVISION = Pattern.compile("\\d{1,18}");

	private static final Duration FIRST_POLL = Duration.ofMillis(20);

	private static final Duration SLOWEST_POLL = Duration.ofSeconds(2);

	private static final Duration OPERATION_TIMEOUT = Duration.ofMinutes(2);

	/**
	 * The maximum number of attempts to start an operation while another one is in
	 * progress.
	 */
	private static final int MAX_ATTEMPTS = 5;

	private final ServiceDiscoveryClient client;

	private final String location;

	private final CallMeter meter;

	private final LongConsumer onRevision;

	private final Answers answers;

	private final CallFailures failures;

	/** Whether an answer contained a revision. Calls to such a registry cost nothing. */
	private volatile boolean watchable;

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
		this.meter = meter;
		this.onRevision = onRevision;
		this.answers = new Answers(location);
		this.failures = new CallFailures(location, CloudMapEndpoint.of(client));
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
			throw this.failures.translate(operation.apiName(), ex);
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
		return carryOut(name, null, operation);
	}

	/**
	 * Starts an asynchronous operation in a namespace of another account, and waits until
	 * it has ended.
	 * @param name the operation
	 * @param owner the account that owns the namespace; null for the caller's account
	 * @param operation starts the operation and returns its id
	 * @return the operation
	 * @throws DiscoveryException if the operation fails
	 * @see #carryOut(CloudMapOperation, Function)
	 */
	public Operation carryOut(CloudMapOperation name, @Nullable String owner,
			Function<ServiceDiscoveryClient, String> operation) {
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Begun begun = call(name, (client) -> {
				try {
					return new Begun(operationId(name, operation.apply(client)), true);
				}
				catch (DuplicateRequestException ex) {
					return new Begun(operationId(name, ex.duplicateOperationId()), false);
				}
			});
			Operation ended = end(begun.operationId, owner);
			if (begun.own) {
				if (ended.status() == OperationStatus.FAIL) {
					throw new FailedOperation(name, begun.operationId, ended).exception();
				}
				return ended;
			}
		}
		throw new RegistryUnavailableException("Cloud Map at " + this.location + " could not carry out "
				+ name.apiName() + ": other operations on the same resource are still in progress", null);
	}

	private String operationId(CloudMapOperation operation, @Nullable String id) {
		return this.answers.requireText(operation, "OperationId", id);
	}

	private Operation end(String operationId, @Nullable String owner) {
		long begin = System.nanoTime();
		Duration delay = FIRST_POLL;
		while (true) {
			GetOperationResponse response = call(GET_OPERATION,
					(client) -> client.getOperation((request) -> request.operationId(operationId).ownerAccount(owner)));
			Operation operation = this.answers.require(GET_OPERATION, "Operation", response.operation());
			OperationStatus status = this.answers.require(GET_OPERATION, "Operation.Status", operation.status());
			if (status == OperationStatus.SUCCESS || status == OperationStatus.FAIL) {
				return operation;
			}
			if (System.nanoTime() - begin > OPERATION_TIMEOUT.toNanos()) {
				throw new RegistryUnavailableException("Cloud Map at " + this.location + " has not ended operation "
						+ operationId + " within " + OPERATION_TIMEOUT.toSeconds() + " s", null);
			}
			pause(Backoff.jittered(delay), operationId);
			delay = Durations.shorter(delay.multipliedBy(2), SLOWEST_POLL);
		}
	}

	private void pause(Duration delay, String operationId) {
		try {
			Thread.sleep(delay.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RegistryUnavailableException(
					"The wait for operation " + operationId + " of Cloud Map at " + this.location + " was interrupted",
					ex);
		}
	}

	private record Begun(String operationId, boolean own) {
	}

}
