package dev.cloudmap.discovery.registration;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * How this application is, from all who have a say: its readiness, its health checks, and
 * somebody who has decided by hand, who wins until he takes it back.
 */
public final class InstanceHealth {

	private final Function<Standing, CompletableFuture<Void>> listener;

	private Standing readiness = Standing.HEALTHY;

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
		return this.readiness.isHealthy() ? this.checked : this.readiness;
	}

	/**
	 * The application accepts traffic, or refuses it.
	 * @param readiness how it is therefore; not null
	 */
	synchronized void ready(Standing readiness) {
		this.readiness = readiness;
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
