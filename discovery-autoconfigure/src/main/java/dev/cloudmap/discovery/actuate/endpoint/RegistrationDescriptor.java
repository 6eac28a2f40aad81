package dev.cloudmap.discovery.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import dev.cloudmap.discovery.registration.reconcile.RegistrationHistory.Transition;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;

/**
 * The registration of this application.
 *
 * @param state the phase of the registration, or {@code DISABLED}
 * @param since when the phase began; null if registration is disabled
 * @param service the full name of the service; null if it is not known yet
 * @param instanceId the id of the instance; null if it is not known yet
 * @param address the address; null if it is not known yet
 * @param attributes the registered attributes; null if they are not known yet
 * @param reason why the registration is in this phase; null if that is obvious
 * @param problem why the last action failed; null if it did not
 * @param drain the last drain that was begun by the endpoint; null if there was none
 * @param transitions the last changes of the state, oldest first
 */
public record RegistrationDescriptor(String state, @Nullable Instant since, @Nullable String service,
		@Nullable String instanceId, @Nullable AddressDescriptor address, @Nullable Map<String, Object> attributes,
		@Nullable String reason, @Nullable String problem, @Nullable DrainDescriptor drain,
		List<TransitionDescriptor> transitions) implements OperationResponseBody {

	/** Registration is disabled. */
	static final RegistrationDescriptor DISABLED = new RegistrationDescriptor("DISABLED", null, null, null, null, null,
			null, null, null, List.of());

	static RegistrationDescriptor of(RegistrationState state, @Nullable AddressDescriptor address,
			@Nullable Map<String, Object> attributes, @Nullable DrainDescriptor drain, List<Transition> transitions) {
		return new RegistrationDescriptor(state.phase().name(), state.since(),
				(state.instance() != null) ? state.instance().service().toString() : null,
				(state.instance() != null) ? state.instance().instanceId() : null, address, attributes, state.reason(),
				state.problem(), drain, transitions.stream().map(TransitionDescriptor::of).toList());
	}

	/**
	 * The address of this application.
	 *
	 * @param addresses the registered addresses
	 * @param port the registered port; null if there is none
	 * @param foundBy the source of the address and its reason; null if it is not known
	 * @param others the results of the sources that were asked before
	 */
	public record AddressDescriptor(List<String> addresses, @Nullable Integer port, @Nullable String foundBy,
			List<String> others) {
	}

	/**
	 * A change of the state.
	 *
	 * @param time when it happened
	 * @param state the phase from then on
	 * @param reason why the registration was in this phase; null if that is obvious
	 * @param problem why the last action failed; null if it did not
	 */
	public record TransitionDescriptor(Instant time, String state, @Nullable String reason, @Nullable String problem) {

		static TransitionDescriptor of(Transition transition) {
			return new TransitionDescriptor(transition.time(), transition.phase().name(), transition.reason(),
					transition.problem());
		}

	}

	/**
	 * A drain.
	 *
	 * @param begun when it was begun
	 * @param ended when callers had noticed, so that the application may be stopped; null
	 * before that
	 */
	public record DrainDescriptor(Instant begun, @Nullable Instant ended) {
	}

}
