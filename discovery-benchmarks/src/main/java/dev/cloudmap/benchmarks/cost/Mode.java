package dev.cloudmap.benchmarks.cost;

import java.time.Duration;

import dev.cloudmap.discovery.catalog.attribute.AttributeNeed;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.change.AutoSignal;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.change.RevisionSignal;
import dev.cloudmap.discovery.change.WatchSignal;
import dev.cloudmap.discovery.lookup.ApiInstanceSource;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.SourcePreference;
import dev.cloudmap.discovery.lookup.dns.DnsConvention;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The lookup modes, configured as by the auto-configuration.
 */
enum Mode {

	/** The default, in a DNS namespace. */
	AUTO("`mode: auto`, DNS namespace", 4),

	/** The default without attributes, in a DNS namespace. */
	AUTO_WITHOUT_METADATA("the same, `metadata: false`", 4),

	/** The default for services with more instances than a DNS answer contains. */
	AUTO_MANY("the default, 12 instances each", 12),

	/** The default with revision lookups in addition to DNS. */
	AUTO_REVISION("`mode: auto`, `signal: revision`, DNS namespace", 4),

	/** DNS only. */
	DNS("`mode: dns`", 4),

	/** The API with revision lookups, as in an HTTP namespace. */
	API("`mode: api`, HTTP namespace", 4),

	/** The API without revision lookups, as in an HTTP namespace. */
	API_WITHOUT_REVISIONS("`mode: api`, `signal: none`", 4);

	private final String title;

	private final int instances;

	Mode(String title, int instances) {
		this.title = title;
		this.instances = instances;
	}

	String title() {
		return this.title;
	}

	/**
	 * Returns the number of instances of each callee.
	 */
	int instances() {
		return this.instances;
	}

	InstanceSource source(InstanceSource dns, Registry registry, Timer timer, Duration timeout) {
		InstanceSource api = new ApiInstanceSource(registry, (service) -> LookupFilter.NONE, Runnable::run, timer,
				timeout);
		return switch (this) {
			case AUTO, AUTO_WITHOUT_METADATA, AUTO_MANY, AUTO_REVISION ->
				new FallbackInstanceSource(dns, api, (service) -> SourcePreference.DNS, timer, timeout.dividedBy(2),
						DnsConvention.CLOUD_MAP.maxInstances());
			case DNS -> dns;
			case API, API_WITHOUT_REVISIONS -> api;
		};
	}

	AttributeSource attributes(Registry registry, Timer timer, Duration timeout) {
		InstanceSource api = new ApiInstanceSource(registry, (service) -> LookupFilter.ALL, Runnable::run, timer,
				timeout);
		return switch (this) {
			case AUTO, AUTO_MANY, AUTO_REVISION -> new AttributeSource(api, (service) -> AttributeNeed.USED);
			case AUTO_WITHOUT_METADATA, DNS, API, API_WITHOUT_REVISIONS -> AttributeSource.none();
		};
	}

	ChangeSignal signal(Registry registry, Timer timer, Duration refresh) {
		ChangeSignal revisions = new RevisionSignal(registry, Runnable::run, timer, refresh);
		return switch (this) {
			case AUTO, AUTO_WITHOUT_METADATA, AUTO_MANY, API -> new AutoSignal(new WatchSignal(registry), revisions);
			case AUTO_REVISION -> revisions;
			case DNS -> new AutoSignal(new WatchSignal(registry), new NoSignal());
			case API_WITHOUT_REVISIONS -> new NoSignal();
		};
	}

}
