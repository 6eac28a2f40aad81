package dev.cloudmap.discovery.loadbalancer.adapter;

import java.util.function.Function;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.cloudmap.discovery.loadbalancer.call.AbandonedException;
import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * An attempt of a reactive client that waits for the first byte of the answer.
 */
final class WaitingAttempt {

	private WaitingAttempt() {
	}

	/**
	 * Cancels an attempt that is abandoned because its instance is unresponsive.
	 * @param attempt sends the request and ends with the first byte of the answer
	 * @param call the call
	 * @param body whether the body can be sent again
	 * @param failure wraps the exception of an attempt that is abandoned
	 */
	static <T> Mono<T> abandonable(Mono<T> attempt, Call call, Supplier<Call.Body> body,
			Function<AbandonedException, Throwable> failure) {
		// the thread that signals it belongs to another call
		Mono<T> abandoned = Mono
			.<Boolean>create((sink) -> sink.onDispose(call.await(body, () -> sink.success(true))::run))
			.publishOn(Schedulers.parallel())
			.flatMap((signal) -> Mono.error(() -> failure.apply(call.abandoned())));
		// in this order: the next attempt must not overlap with the beginning of this one
		return Mono.firstWithSignal(attempt, abandoned);
	}

}
