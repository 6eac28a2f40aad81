package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.DnsFallbackMemory.Deficit;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Uses DNS if it is sufficient and the API otherwise: for a namespace without DNS, an
 * address without a port, an answer that may be truncated, an unresolved instance
 * address, a DNS failure, or a selection by health or attributes. Services for which DNS
 * is insufficient are recorded, and DNS is queried for them only occasionally. Each
 * source is the fallback of the other. Thread-safe.
 */
public final class FallbackInstanceSource implements InstanceSource {

	private static final Logger logger = LoggerFactory.getLogger(FallbackInstanceSource.class);

	private final InstanceSource dns;

	private final InstanceSource api;

	private final Function<ServiceName, SourcePreference> preferences;

	private final Timer timer;

	private final Duration dnsDelay;

	private final DnsFallbackMemory fallbacks;

	/**
	 * Creates the source.
	 * @param dns looks services up through DNS
	 * @param api looks services up through the API
	 * @param preferences the requirements of a service's lookup
	 * @param timer schedules fallbacks
	 * @param dnsDelay how long the API may take, if it is called first, before DNS is
	 * queried too
	 * @param maxDnsInstances the maximum number of instances in a DNS answer, which may
	 * be truncated if it has this size
	 */
	public FallbackInstanceSource(InstanceSource dns, InstanceSource api,
			Function<ServiceName, SourcePreference> preferences, Timer timer, Duration dnsDelay, int maxDnsInstances) {
		this.dns = dns;
		this.api = api;
		this.preferences = preferences;
		this.timer = timer;
		this.dnsDelay = dnsDelay;
		this.fallbacks = new DnsFallbackMemory(timer, maxDnsInstances);
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		return switch (this.preferences.apply(service)) {
			case API_ONLY -> this.api.lookup(service);
			case API -> apiFirst(service);
			case DNS -> (this.fallbacks.deficit(service) != null) ? apiFirst(service) : dnsFirst(service);
		};
	}

	@SuppressWarnings("FutureReturnValueIgnored") // thenCompose waits for it
	private CompletionStage<InstanceSet> dnsFirst(ServiceName service) {
		return lookupDns(service).handle((set, failure) -> {
			if (failure != null) {
				return lookupApi(service, null, Futures.cause(failure));
			}
			if (set.isEmpty() || this.fallbacks.isPerhapsTruncated(set) || !set.unlocated().isEmpty()) {
				return lookupApi(service, set, null);
			}
			this.fallbacks.clear(service);
			return CompletableFuture.completedFuture(set);
		}).thenCompose(Function.identity());
	}

	private CompletableFuture<InstanceSet> lookupDns(ServiceName service) {
		return CompletableFuture.completedFuture(service).thenCompose(this.dns::lookup);
	}

	private CompletableFuture<InstanceSet> lookupApi(ServiceName service, @Nullable InstanceSet fromDns,
			@Nullable Throwable dnsFailure) {
		return this.api.lookup(service).handle((set, failure) -> {
			if (failure == null) {
				this.fallbacks.recordApiResult(service, set);
				this.fallbacks.recordDeficit(service, deficit(fromDns, dnsFailure), set);
				return set;
			}
			Throwable cause = Futures.cause(failure);
			if (fromDns != null && isUsable(service, fromDns)) {
				logger.debug("The API lookup of {} failed: the DNS result is used", service, cause);
				return fromDns;
			}
			if (dnsFailure != null && dnsFailure != cause && !(dnsFailure instanceof InconclusiveLookupException)) {
				cause.addSuppressed(dnsFailure);
			}
			throw new CompletionException(cause);
		}).toCompletableFuture();
	}

	/**
	 * Calls the API, and queries DNS too if the API fails or is slow. A usable DNS result
	 * is used, otherwise that of the API.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // thenCompose waits for it
	private CompletionStage<InstanceSet> apiFirst(ServiceName service) {
		CompletableFuture<InstanceSet> fromApi = this.api.lookup(service).toCompletableFuture().thenApply((set) -> {
			this.fallbacks.recordApiResult(service, set);
			return set;
		});
		CompletableFuture<Void> failedOrSlow = new CompletableFuture<>();
		CompletableFuture<InstanceSet> fromEither = failedOrSlow.thenCompose((fallback) -> lookupDns(service))
			.handle((set, failure) -> (failure == null && isUsable(service, set))
					? CompletableFuture.completedFuture(set) : fromApi)
			.thenCompose(Function.identity());
		var unused = fromApi.whenComplete((set, failure) -> {
			if (failure != null) {
				failedOrSlow.complete(null);
			}
		});
		if (!fromApi.isDone()) {
			this.timer.schedule(() -> {
				if (!fromApi.isDone()) {
					failedOrSlow.complete(null);
				}
			}, this.dnsDelay);
		}
		return fromApi.exceptionallyCompose((failure) -> fromEither).applyToEither(fromEither, Function.identity());
	}

	/**
	 * Whether a DNS result may replace the earlier API result, of which it must not be a
	 * part.
	 */
	private boolean isUsable(ServiceName service, InstanceSet set) {
		return !set.isEmpty() && !this.fallbacks.isIncomplete(service, set);
	}

	private Deficit deficit(@Nullable InstanceSet fromDns, @Nullable Throwable failure) {
		if (fromDns != null) {
			if (this.fallbacks.isPerhapsTruncated(fromDns)) {
				return Deficit.PERHAPS_TRUNCATED;
			}
			return fromDns.unlocated().isEmpty() ? Deficit.NOTHING : Deficit.NO_ANSWER;
		}
		return (failure instanceof InconclusiveLookupException) ? Deficit.NOTHING : Deficit.NO_ANSWER;
	}

}
