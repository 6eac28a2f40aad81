package dev.cloudmap.discovery.loadbalancer.call;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A response's body that may not stall: when nothing more of it comes for too long though
 * somebody asks for it, it ends with a failure. A consumer may take its time.
 */
final class UnstalledBody extends FluxOperator<DataBuffer, DataBuffer> {

	private final Call call;

	private final Duration idle;

	UnstalledBody(Flux<DataBuffer> body, Call call, Duration idle) {
		super(body);
		this.call = call;
		this.idle = idle;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> consumer) {
		this.source.subscribe(new Watched(consumer));
	}

	/**
	 * Watched while somebody asks for more of it, by one task that looks again when it
	 * may be due: nothing is scheduled for each buffer.
	 */
	private final class Watched implements CoreSubscriber<DataBuffer>, Subscription {

		/** Nothing is asked for. */
		private static final long IDLE = -1;

		/** A buffer is handed on. */
		private static final long BUSY = -2;

		/** It has ended, by itself, by who reads it, or because it has stalled. */
		private static final long ENDED = -3;

		private final CoreSubscriber<? super DataBuffer> consumer;

		private final long begun = System.nanoTime();

		/** One of the above, or since when a buffer is waited for. */
		private final AtomicLong state = new AtomicLong(IDLE);

		private final AtomicLong demand = new AtomicLong();

		private final AtomicBoolean watching = new AtomicBoolean();

		private volatile @Nullable Subscription upstream;

		private volatile @Nullable Disposable watch;

		Watched(CoreSubscriber<? super DataBuffer> consumer) {
			this.consumer = consumer;
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
			this.demand.accumulateAndGet(count, Operators::addCap);
			await(IDLE);
			Subscription source = this.upstream;
			if (source != null) {
				source.request(count);
			}
		}

		@Override
		public void cancel() {
			end();
			Subscription source = this.upstream;
			if (source != null) {
				source.cancel();
			}
		}

		@Override
		public void onNext(DataBuffer buffer) {
			if (!takeTurn()) {
				DataBufferUtils.release(buffer);
				return;
			}
			this.demand.updateAndGet((count) -> (count == Long.MAX_VALUE) ? count : Math.max(0, count - 1));
			this.consumer.onNext(buffer);
			if (this.demand.get() == 0 && this.state.compareAndSet(BUSY, IDLE)) {
				// somebody may have asked just before
				await(IDLE);
			}
			else {
				await(BUSY);
			}
		}

		/** Whether it has not ended: nobody ends it as stalled now. */
		private boolean takeTurn() {
			return this.state.getAndUpdate((known) -> (known == ENDED) ? ENDED : BUSY) != ENDED;
		}

		/** Waits from now on if anything is asked for, and it was in that state. */
		private void await(long from) {
			if (this.demand.get() > 0 && this.state.compareAndSet(from, now())
					&& this.watching.compareAndSet(false, true)) {
				look(UnstalledBody.this.idle.toNanos());
			}
		}

		private void look(long nanos) {
			this.watch = Schedulers.parallel().schedule(this::look, nanos, TimeUnit.NANOSECONDS);
			Disposable scheduled = this.watch;
			if (this.state.get() == ENDED && scheduled != null) {
				scheduled.dispose();
			}
		}

		private void look() {
			long since = this.state.get();
			if (since < 0) {
				this.watching.set(false);
				if (since != ENDED && this.state.get() >= 0 && this.watching.compareAndSet(false, true)) {
					look(UnstalledBody.this.idle.toNanos());
				}
				return;
			}
			long left = since + UnstalledBody.this.idle.toNanos() - now();
			if (left > 0 || !this.state.compareAndSet(since, ENDED)) {
				look(Math.max(left, 1));
				return;
			}
			Subscription source = this.upstream;
			if (source != null) {
				source.cancel();
			}
			this.consumer.onError(new HttpTimeoutException(UnstalledBody.this.call.stalledMessage()));
		}

		private long now() {
			return System.nanoTime() - this.begun;
		}

		@Override
		public void onError(Throwable failure) {
			if (end()) {
				this.consumer.onError(failure);
			}
			else {
				Operators.onErrorDropped(failure, currentContext());
			}
		}

		@Override
		public void onComplete() {
			if (end()) {
				this.consumer.onComplete();
			}
		}

		/** Whether it has not ended before. */
		private boolean end() {
			Disposable scheduled = this.watch;
			if (scheduled != null) {
				scheduled.dispose();
			}
			return this.state.getAndSet(ENDED) != ENDED;
		}

	}

}
