package dev.cloudmap.registry.api.watch;

/**
 * Limits of blocking queries.
 *
 * @param waiting how many queries can wait at a time; further ones are rejected, so that
 * connections are left for other requests
 * @param services how many services of a namespace have their last change remembered
 */
public record WatchLimits(int waiting, int services) {

	public static final WatchLimits DEFAULT = new WatchLimits(256, 1024);

}
