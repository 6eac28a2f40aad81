package dev.cloudmap.discovery.loadbalancer.adapter;

import java.util.function.Supplier;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * An attempt of a reactive client that waits for the first byte of the answer.
 */
final class WaitingAttempt {

	private WaitingAttempt() {
	}

	/**
	 * Emits a value when the attempt is abandoned because its instance is unresponsive,
	 * else nothing. Until it is cancelled, the attempt counts as one that waits.
	 * @param call the call
	 * @param body whether the body can be sent again
	 */
	static Mono<Boolean> abandoned(Call call, Supplier<Call.Body> body) {
		// the thread that signals it belongs to another call
		return Mono.<Boolean>create((sink) -> sink.onDispose(call.await(body, () -> sink.success(true))::run))
			.publishOn(Schedulers.parallel());
	}

}
