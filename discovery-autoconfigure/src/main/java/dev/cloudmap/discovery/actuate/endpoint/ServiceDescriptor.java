package dev.cloudmap.discovery.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;

/**
 * A watched service.
 *
 * @param service the full name
 * @param ids the ids by which it was requested
 * @param source the source of the list; null if no list is known
 * @param revision the registry's revision of the service when its API last returned it;
 * null if it has not
 * @param confirmed when the list was last confirmed; null if no list is known
 * @param age the time since then
 * @param stale whether the list is an older one, because the last lookup failed
 * @param lastError the last failed lookup, even if later ones succeeded; null if none has
 * failed
 * @param instances the instances
 * @param waitingForAttributes the ids of instances that are not called until their
 * attributes are known
 */
public record ServiceDescriptor(String service, List<String> ids, @Nullable String source, @Nullable Long revision,
		@Nullable Instant confirmed, @Nullable Duration age, boolean stale, @Nullable ErrorDescriptor lastError,
		List<InstanceDescriptor> instances, List<String> waitingForAttributes) implements OperationResponseBody {

	/**
	 * A failed lookup.
	 *
	 * @param time when it failed
	 * @param message the reason
	 */
	public record ErrorDescriptor(Instant time, String message) {
	}

	/**
	 * An instance.
	 *
	 * @param id its id
	 * @param uri its address
	 * @param health its health, if the source reports it
	 * @param zone its availability zone; null if unknown
	 * @param held whether the last lookup did not return it, and it is kept until a later
	 * one confirms that
	 * @param ejection the current ejection; null if it is not ejected
	 * @param attributes its attributes
	 */
	public record InstanceDescriptor(String id, String uri, String health, @Nullable String zone, boolean held,
			@Nullable EjectionDescriptor ejection, Map<String, Object> attributes) {
	}

	/**
	 * An ejection.
	 *
	 * @param reason the reason
	 * @param since when it began
	 * @param duration after which time one call tries the instance
	 * @param times the number of ejections in a row
	 */
	public record EjectionDescriptor(String reason, Instant since, Duration duration, int times) {

		static @Nullable EjectionDescriptor of(@Nullable Ejection ejection) {
			return (ejection != null)
					? new EjectionDescriptor(ejection.reason(), ejection.since(), ejection.duration(), ejection.times())
					: null;
		}

	}

}
