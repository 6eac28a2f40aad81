package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Detects interrupts of a thread by other threads than this library's. The interrupt flag
 * does not show which thread has set it, nor how often. The JDK reports each interrupt of
 * a thread to the selector that the thread waits for; this is a selector without
 * channels. Interrupts by the thread itself, which restore the flag, are not reported.
 * <p>
 * A blocking operation of an NIO channel on the same thread ends the detection.
 */
final class InterruptSensor extends AbstractSelector {

	private static final int FLAG_WITH_REPORT = 17;

	/**
	 * The longest time from an interrupt to its report: versions of the JDK after 17 set
	 * the flag first. The thread waits so long only if this library has interrupted it.
	 */
	private static final long GRACE_NANOS = (Runtime.version().feature() > FLAG_WITH_REPORT)
			? Duration.ofMillis(10).toNanos() : 0;

	private final Thread thread = Thread.currentThread();

	private final AtomicReference<State> state = new AtomicReference<>(State.QUIET);

	/** The thread that interrupts for this library. */
	private volatile @Nullable Thread own;

	InterruptSensor() {
		super(SelectorProvider.provider());
	}

	/**
	 * Begins the detection. The thread may be interrupted already.
	 */
	void start() {
		begin();
	}

	/**
	 * Interrupts the thread for this library.
	 */
	void interrupt() {
		this.own = Thread.currentThread();
		this.thread.interrupt();
		this.own = null;
	}

	/**
	 * Ends the detection and clears the interrupt of this library, but no other one.
	 * @return whether there was another one
	 */
	boolean clear() {
		Thread.interrupted();
		awaitReport();
		end();
		boolean others = this.state.getAndSet(State.CLEARED) == State.INTERRUPTED;
		if (others) {
			this.thread.interrupt();
		}
		return others;
	}

	private void awaitReport() {
		long began = System.nanoTime();
		long left = GRACE_NANOS;
		while (left > 0 && this.state.get() == State.QUIET && !this.thread.isInterrupted()) {
			LockSupport.parkNanos(left);
			left = GRACE_NANOS - (System.nanoTime() - began);
		}
	}

	/**
	 * Ends the detection.
	 */
	void stop() {
		end();
	}

	/**
	 * The thread was interrupted. Called by the thread that does so, in recent versions
	 * of the JDK after it has set the flag.
	 */
	@Override
	@SuppressWarnings("ReferenceEquality")
	public Selector wakeup() {
		if (this.own != Thread.currentThread() && !this.state.compareAndSet(State.QUIET, State.INTERRUPTED)
				&& this.state.get() == State.CLEARED) {
			this.thread.interrupt();
		}
		return this;
	}

	@Override
	protected void implCloseSelector() {
	}

	@Override
	protected SelectionKey register(AbstractSelectableChannel channel, int operations, @Nullable Object attachment) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<SelectionKey> keys() {
		return Set.of();
	}

	@Override
	public Set<SelectionKey> selectedKeys() {
		return Set.of();
	}

	@Override
	public int selectNow() throws IOException {
		return 0;
	}

	@Override
	public int select(long timeout) throws IOException {
		return 0;
	}

	@Override
	public int select() throws IOException {
		return 0;
	}

	private enum State {

		/** There was no other interrupt. */
		QUIET,

		/** There was another interrupt. */
		INTERRUPTED,

		/** The flag was cleared. */
		CLEARED

	}

}
