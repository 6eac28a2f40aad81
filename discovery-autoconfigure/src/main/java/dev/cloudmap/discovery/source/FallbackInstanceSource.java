package dev.cloudmap.discovery.source;

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
import dev.cloudmap.discovery.thread.Futures;

/**
 * DNS where DNS can tell, the API where it can't: a namespace without DNS, an address
 * without a port, eight answers and perhaps more behind them, an instance whose address
 * could not be found out, or no answer at all.
 */
public final class FallbackInstanceSource implements InstanceSource {

	/**
	 * The most instances that Cloud Map puts into one DNS answer: with so many there may
	 * be more.
	 */
	private static final int MAX_DNS_INSTANCES = 8;

	private static final Logger logger = LoggerFactory.getLogger(FallbackInstanceSource.class);

	private final InstanceSource dns;

	private final InstanceSource api;

	public FallbackInstanceSource(InstanceSource dns, InstanceSource api) {
		this.dns = dns;
		this.api = api;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		return this.dns.lookup(service).handle((set, failure) -> {
			if (failure != null) {
				return askApi(service, null, Futures.cause(failure));
			}
			if (set.isEmpty() || set.instances().size() >= MAX_DNS_INSTANCES || !set.unlocated().isEmpty()) {
				return askApi(service, set, null);
			}
			return CompletableFuture.completedFuture(set);
		}).thenCompose(Function.identity());
	}

	private CompletableFuture<InstanceSet> askApi(ServiceName service, @Nullable InstanceSet fromDns,
			@Nullable Throwable dnsFailure) {
		return this.api.lookup(service).handle((set, failure) -> {
			if (failure == null) {
				return set;
			}
			Throwable cause = Futures.cause(failure);
			if (fromDns != null && !fromDns.isEmpty()) {
				logger.debug("The API could not tell more about {} than DNS", service, cause);
				return fromDns;
			}
			if (dnsFailure != null && dnsFailure != cause && !(dnsFailure instanceof InconclusiveLookupException)) {
				cause.addSuppressed(dnsFailure);
			}
			throw new CompletionException(cause);
		}).toCompletableFuture();
	}

}
