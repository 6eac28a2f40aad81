package dev.cloudmap.discovery.actuate;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.actuate.CallsUnderWay.Call;
import dev.cloudmap.discovery.catalog.CatalogEntry;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.loadbalancer.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.CallStatus;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The meters {@code discovery.client.requests} and
 * {@code discovery.client.requests.active}: the requests of this application's
 * load-balanced clients by service and instance, how they ended and how long that took.
 * Each attempt counts, as at a proxy. The meters of an instance that has left the catalog
 * are removed one to two minutes later, when whoever scrapes them has seen the last.
 */
public final class RequestMetrics implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

	/** As many as one service can have on AWS; further ones share their meters. */
	static final int MAX_INSTANCES = 1000;

	/** Stands for the instances that have no meters of their own. */
	static final String OTHER = "other";

	/** Meters are removed at the second sweep that misses their instance. */
	static final Duration SWEEP = Duration.ofMinutes(1);

	private static final int STATUS_CLASS = 100;

	private final MeterRegistry registry;

	private final Clock clock;

	private final InstanceCatalog catalog;

	private final Timer timer;

	private final CallsUnderWay calls = new CallsUnderWay();

	private final Map<Key, InstanceMeters> meters = new ConcurrentHashMap<>();

	/** Those that the last sweep missed. Touched by one sweep at a time. */
	private final Set<Key> missed = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean sweeping = new AtomicBoolean();

	/**
	 * Creates the metrics.
	 * @param registry where to register meters; not null
	 * @param catalog knows which instances there are; not null
	 * @param timer tells when to see which have left; not null
	 */
	public RequestMetrics(MeterRegistry registry, InstanceCatalog catalog, Timer timer) {
		this.registry = registry;
		this.clock = registry.config().clock();
		this.catalog = catalog;
		this.timer = timer;
	}

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
		ServiceInstance server = response.getServer();
		Instance instance = (server != null) ? this.catalog.instance(server) : null;
		if (instance != null) {
			this.calls.begin(request, new Call(meters(instance), this.clock.monotonicTime()));
		}
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		Request<Object> request = completion.getLoadBalancerRequest();
		Call call = (request != null) ? this.calls.end(request) : null;
		if (call != null) {
			call.meters().record(outcome(completion), this.clock.monotonicTime() - call.began());
		}
	}

	private static String outcome(CompletionContext<?, ?, ?> completion) {
		OptionalInt status = CallStatus.of(completion);
		if (status.isPresent()) {
			return status.getAsInt() / STATUS_CLASS + "xx";
		}
		return switch (CallOutcome.of(completion)) {
			case NOT_CONNECTED -> "not-connected";
			case NOT_SENT -> "not-sent";
			case TIMED_OUT -> "timeout";
			case BROKEN -> "io-error";
			case ANSWERED, SERVER_ERROR, UNKNOWN -> "unknown";
		};
	}

	private InstanceMeters meters(Instance instance) {
		Key key = new Key(instance.service(), instance.id());
		InstanceMeters known = this.meters.get(key);
		if (known != null) {
			return known;
		}
		Key bounded = (this.meters.size() < MAX_INSTANCES) ? key : new Key(instance.service(), OTHER);
		InstanceMeters created = this.meters.computeIfAbsent(bounded,
				(missing) -> new InstanceMeters(this.registry, missing.service(), missing.instance()));
		sweepLater();
		return created;
	}

	private void sweepLater() {
		if (this.sweeping.compareAndSet(false, true)) {
			this.timer.schedule(this::sweep, SWEEP);
		}
	}

	/** Meters are also others' to fail at, which must not be the end of it. */
	private void sweep() {
		try {
			removeMissing();
		}
		finally {
			this.sweeping.set(false);
			if (!this.meters.isEmpty()) {
				sweepLater();
			}
		}
	}

	private void removeMissing() {
		this.calls.forget();
		Set<Key> present = present();
		this.missed.retainAll(this.meters.keySet());
		this.missed.removeAll(present);
		this.meters.entrySet().removeIf((entry) -> {
			Key key = entry.getKey();
			boolean leaving = !present.contains(key) && !this.missed.add(key);
			if (leaving) {
				entry.getValue().remove();
			}
			return leaving;
		});
	}

	private Set<Key> present() {
		Set<Key> present = new HashSet<>();
		for (WatchedService service : this.catalog.watched()) {
			present.add(new Key(service.name(), OTHER));
			CatalogEntry entry = service.entry();
			if (entry != null) {
				entry.set().instances().forEach((instance) -> present.add(new Key(service.name(), instance.id())));
			}
		}
		return present;
	}

	private record Key(ServiceName service, String instance) {
	}

}
