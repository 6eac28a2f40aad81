package dev.cloudmap.discovery.registration;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The health of this application, combined from its readiness, its liveness, its health
 * checks and decisions by hand. A decision by hand takes precedence until it is reset.
 */
public final class InstanceHealth {

	private final Function<Standing, CompletableFuture<Void>> listener;

	private Standing readiness = Standing.HEALTHY;

	private Standing liveness = Standing.HEALTHY;

	private Standing checked = Standing.HEALTHY;

	private @Nullable Standing decided;

	private Standing told = Standing.HEALTHY;

	/**
	 * Creates the health of an application of which nobody has said anything.
	 * @param listener is told each change, in order, and must not block; ends when the
	 * registry knows; not null
	 */
	public InstanceHealth(Function<Standing, CompletableFuture<Void>> listener) {
		this.listener = listener;
	}

	/**
	 * What counts now.
	 */
	public synchronized Standing standing() {
		if (this.decided != null) {
			return this.decided;
		}
		List<Standing> unhealthy = List.of(this.readiness, this.checked, this.liveness)
			.stream()
			.filter((standing) -> !standing.isHealthy())
			.toList();
		// a reason to deregister the instance must not be hidden by one that is not
		return unhealthy.stream()
			.filter(Standing::mayDeregister)
			.findFirst()
			.or(() -> unhealthy.stream().findFirst())
			.orElse(this.checked);
	}

	/**
	 * The application accepts traffic, or refuses it.
	 * @param readiness how it is therefore; not null
	 */
	public synchronized void ready(Standing readiness) {
		this.readiness = readiness;
		tellQuietly();
	}

	/**
	 * The application is alive, or broken.
	 * @param liveness the health that follows from that
	 */
	public synchronized void alive(Standing liveness) {
		this.liveness = liveness;
		tellQuietly();
	}

	/**
	 * What the health checks find.
	 * @param checked how it is; not null
	 */
	public synchronized void checked(Standing checked) {
		this.checked = checked;
		tellQuietly();
	}

	/**
	 * What was decided by hand.
	 * @param decided the decision, null to leave it to readiness and checks again
	 * @return ends when the registry knows, exceptionally if it could not be told
	 */
	synchronized CompletableFuture<Void> decided(@Nullable Standing decided) {
		this.decided = decided;
		return tell();
	}

	/**
	 * The actor says what goes wrong, and tries again.
	 */
	private void tellQuietly() {
		var unused = tell();
	}

	private CompletableFuture<Void> tell() {
		Standing now = standing();
		if (now.equals(this.told)) {
			return CompletableFuture.completedFuture(null);
		}
		this.told = now;
		return this.listener.apply(now);
	}

}
