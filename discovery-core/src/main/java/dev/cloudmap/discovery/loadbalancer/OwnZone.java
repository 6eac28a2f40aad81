package dev.cloudmap.discovery.loadbalancer;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The availability zone of this application: the configured zone, or else the zone with
 * which the application is registered, which becomes known some time after the start.
 * Thread-safe.
 */
public final class OwnZone implements Supplier<@Nullable String> {

	private final Supplier<@Nullable String> registered;

	private volatile @Nullable String zone;

	/**
	 * Creates an instance.
	 * @param configured the configured zone; null or blank if there is none
	 * @param registered the zone with which the application is registered; null while it
	 * is not registered
	 */
	public OwnZone(@Nullable String configured, Supplier<@Nullable String> registered) {
		this.zone = StringUtils.hasText(configured) ? configured.trim() : null;
		this.registered = registered;
	}

	@Override
	public @Nullable String get() {
		String known = this.zone;
		if (known == null) {
			known = this.registered.get();
			this.zone = known;
		}
		return known;
	}

}
