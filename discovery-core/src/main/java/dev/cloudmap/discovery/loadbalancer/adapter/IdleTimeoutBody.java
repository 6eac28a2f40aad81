package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * The body of a response with an idle timeout: it fails when a requested buffer does not
 * come in time. The time that the consumer takes does not count. The time is checked four
 * times within the timeout, so that nothing is scheduled for each buffer.
 */
final class IdleTimeoutBody extends FluxOperator<DataBuffer, DataBuffer> {

	private static final int CHECKS = 4;

	private final Call call;

	private final Duration idle;

	IdleTimeoutBody(Flux<DataBuffer> body, Call call, Duration idle) {
		super(body);
		this.call = call;
		this.idle = idle;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> consumer) {
		Waiting waiting = new Waiting(consumer);
		Mono<Object> timeout = Flux.interval(this.idle.dividedBy(CHECKS))
			.onBackpressureDrop()
			.filter((tick) -> waiting.nanos() >= this.idle.toNanos())
			.next()
			.doOnNext((tick) -> waiting.cancelSource())
			.flatMap((tick) -> Mono.error(new HttpTimeoutException(this.call.idleMessage())));
		this.source.doOnSubscribe(waiting::source).takeUntilOther(timeout).subscribe(waiting);
	}

	/**
	 * Measures the time for which the consumer waits.
	 */
	private static final class Waiting implements CoreSubscriber<DataBuffer>, Subscription {

		private final CoreSubscriber<? super DataBuffer> consumer;

		private final AtomicLong demand = new AtomicLong();

		private volatile boolean consuming;

		/** The time at which the consumer began to wait. */
		private volatile long since = System.nanoTime();

		private volatile @Nullable Subscription source;

		private @Nullable Subscription upstream;

		Waiting(CoreSubscriber<? super DataBuffer> consumer) {
			this.consumer = consumer;
		}

		long nanos() {
			long began = this.since;
			return (this.demand.get() > 0 && !this.consuming) ? System.nanoTime() - began : 0;
		}

		void source(Subscription source) {
			this.source = source;
		}

		/** An error of the timeout does not cancel the source. */
		void cancelSource() {
			Subscription begun = this.source;
			if (begun != null) {
				begun.cancel();
			}
		}

		@Override
		public Context currentContext() {
			return this.consumer.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			this.consumer.onSubscribe(this);
		}

		@Override
		public void request(long count) {
			if (this.demand.get() == 0) {
				this.since = System.nanoTime();
			}
			this.demand.accumulateAndGet(count, Operators::addCap);
			if (this.upstream != null) {
				this.upstream.request(count);
			}
		}

		@Override
		public void cancel() {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
		}

		@Override
		public void onNext(DataBuffer buffer) {
			this.consuming = true;
			this.demand.updateAndGet((count) -> (count == Long.MAX_VALUE) ? count : count - 1);
			this.consumer.onNext(buffer);
			this.since = System.nanoTime();
			this.consuming = false;
		}

		@Override
		public void onError(Throwable failure) {
			this.consumer.onError(failure);
		}

		@Override
		public void onComplete() {
			this.consumer.onComplete();
		}

	}

}
