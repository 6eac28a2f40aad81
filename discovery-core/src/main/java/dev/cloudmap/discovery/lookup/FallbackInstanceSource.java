package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * DNS where DNS can tell, the API where it can't: a namespace without DNS, an address
 * without a port, eight answers and perhaps more behind them, an instance whose address
 * could not be found out, no answer at all, or a choice by health or attributes. Where
 * DNS could not tell while the API could, that is remembered, and DNS is asked again only
 * now and then. Each stands in for the other.
 */
public final class FallbackInstanceSource implements InstanceSource {

	private static final Logger logger = LoggerFactory.getLogger(FallbackInstanceSource.class);

	private final InstanceSource dns;

	private final InstanceSource api;

	private final Function<ServiceName, SourcePreference> preferences;

	private final Timer timer;

	private final Duration patience;

	private final DnsFallbackMemory fallbacks;

	/**
	 * Creates the source.
	 * @param dns looks up through DNS
	 * @param api looks up through the API
	 * @param preferences what the lookup of a service needs
	 * @param timer tells when DNS is worth another try
	 * @param patience how long an API that is asked first has to answer before DNS is
	 * asked as well
	 */
	public FallbackInstanceSource(InstanceSource dns, InstanceSource api,
			Function<ServiceName, SourcePreference> preferences, Timer timer, Duration patience) {
		this.dns = dns;
		this.api = api;
		this.preferences = preferences;
		this.timer = timer;
		this.patience = patience;
		this.fallbacks = new DnsFallbackMemory(timer);
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		return switch (this.preferences.apply(service)) {
			case API_ONLY -> this.api.lookup(service);
			case API -> apiFirst(service);
			case DNS -> (this.fallbacks.of(service) != null) ? apiFirst(service) : dnsFirst(service);
		};
	}

	private CompletionStage<InstanceSet> dnsFirst(ServiceName service) {
		return askDns(service).handle((set, failure) -> {
			if (failure != null) {
				return askApi(service, null, Futures.cause(failure));
			}
			if (set.isEmpty() || DnsFallbackMemory.isPerhapsMore(set) || !set.unlocated().isEmpty()) {
				return askApi(service, set, null);
			}
			this.fallbacks.forget(service);
			return CompletableFuture.completedFuture(set);
		}).thenCompose(Function.identity());
	}

	private CompletionStage<InstanceSet> askDns(ServiceName service) {
		try {
			return this.dns.lookup(service);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<InstanceSet> askApi(ServiceName service, @Nullable InstanceSet fromDns,
			@Nullable Throwable dnsFailure) {
		return this.api.lookup(service).handle((set, failure) -> {
			if (failure == null) {
				this.fallbacks.note(service, set);
				this.fallbacks.remember(service, deficit(fromDns, dnsFailure), set);
				return set;
			}
			Throwable cause = Futures.cause(failure);
			if (fromDns != null && isEnough(service, fromDns)) {
				logger.debug("The API could not tell more about {} than DNS", service, cause);
				return fromDns;
			}
			if (dnsFailure != null && dnsFailure != cause && !(dnsFailure instanceof InconclusiveLookupException)) {
				cause.addSuppressed(dnsFailure);
			}
			throw new CompletionException(cause);
		}).toCompletableFuture();
	}

	/**
	 * Asks the API, and DNS too when the API fails or takes long. What DNS tells then
	 * counts if it is all there is.
	 */
	private CompletionStage<InstanceSet> apiFirst(ServiceName service) {
		CompletableFuture<InstanceSet> result = new CompletableFuture<>();
		AtomicBoolean standsIn = new AtomicBoolean();
		CompletableFuture<InstanceSet> fromApi = this.api.lookup(service).toCompletableFuture();
		var unused = fromApi.whenComplete((set, failure) -> {
			if (failure == null) {
				this.fallbacks.note(service, set);
				result.complete(set);
			}
			else if (standsIn.compareAndSet(false, true)) {
				standIn(service, fromApi, result);
			}
		});
		if (!fromApi.isDone()) {
			this.timer.schedule(() -> {
				if (!fromApi.isDone() && standsIn.compareAndSet(false, true)) {
					standIn(service, fromApi, result);
				}
			}, this.patience);
		}
		return result;
	}

	/**
	 * Lets DNS answer, if it can, in place of an API that has failed or has yet to
	 * answer.
	 */
	private void standIn(ServiceName service, CompletableFuture<InstanceSet> fromApi,
			CompletableFuture<InstanceSet> result) {
		var unused = askDns(service).whenComplete((set, failure) -> {
			if (failure == null && isEnough(service, set)) {
				logger.debug("DNS tells where {} is, in place of the API", service);
				result.complete(set);
				return;
			}
			var unusedToo = fromApi.whenComplete((late, apiFailure) -> {
				if (apiFailure == null) {
					result.complete(late);
				}
				else {
					result.completeExceptionally(Futures.cause(apiFailure));
				}
			});
		});
	}

	/**
	 * Whether what DNS tells may take the place of what the API told before: a part must
	 * not take the place of the whole.
	 */
	private boolean isEnough(ServiceName service, InstanceSet set) {
		return !set.isEmpty() && !this.fallbacks.isPart(service, set);
	}

	private static Deficit deficit(@Nullable InstanceSet fromDns, @Nullable Throwable failure) {
		if (fromDns != null) {
			if (DnsFallbackMemory.isPerhapsMore(fromDns)) {
				return Deficit.PERHAPS_MORE;
			}
			return fromDns.unlocated().isEmpty() ? Deficit.NOTHING : Deficit.NO_ANSWER;
		}
		return (failure instanceof InconclusiveLookupException) ? Deficit.NOTHING : Deficit.NO_ANSWER;
	}

}
