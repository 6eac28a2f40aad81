package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The state as lookups see it: it lags behind the acknowledged state by the emulated
 * consistency delay.
 */
public final class LookupView {

	private static final Logger logger = LoggerFactory.getLogger(LookupView.class);

	private final RegistryMode mode;

	private final Supplier<Emulation> emulation;

	private final Scheduler scheduler;

	private final List<ChangeListener> indexes = new CopyOnWriteArrayList<>();

	private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

	private final Deque<DelayedChanges> delayed = new ArrayDeque<>();

	private volatile RegistrySnapshot visible;

	private LookupView(RegistryState state, Supplier<Emulation> emulation, Scheduler scheduler) {
		this.mode = state.mode();
		this.visible = state.snapshot();
		this.emulation = emulation;
		this.scheduler = scheduler;
	}

	/**
	 * Creates the view of a state. The current content is visible at once.
	 * @param state the state
	 * @param emulation returns the current consistency delay
	 * @param scheduler delays changes
	 * @return the view
	 */
	public static LookupView of(RegistryState state, Supplier<Emulation> emulation, Scheduler scheduler) {
		LookupView view = new LookupView(state, emulation, scheduler);
		synchronized (view) {
			// Adding the listener first misses no change.
			state.addListener(view::changed);
			view.visible = state.snapshot();
		}
		return view;
	}

	/**
	 * Returns the mode, which never changes.
	 * @return the mode
	 */
	public RegistryMode mode() {
		return this.mode;
	}

	/**
	 * Returns the visible content.
	 * @return the visible content
	 */
	public RegistrySnapshot snapshot() {
		return this.visible;
	}

	/**
	 * Adds an index that answers lookups beside the snapshot, such as the DNS zones. It
	 * receives each change before {@link #snapshot()} and the listeners do.
	 * @param index called by one thread at a time
	 */
	public synchronized void addIndex(ChangeListener index) {
		this.indexes.add(index);
	}

	/**
	 * Adds a listener, which receives every later change when it becomes visible.
	 * @param listener called by one thread at a time
	 */
	public void addListener(ChangeListener listener) {
		this.listeners.add(listener);
	}

	private synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		Duration delay = this.emulation.get().consistencyDelay();
		if (delay.isZero() && this.delayed.isEmpty()) {
			publish(snapshot, changes);
			return;
		}
		long due = this.scheduler.nanoTime() + delay.toNanos();
		DelayedChanges last = this.delayed.peekLast();
		// Changes stay in order when the delay was shortened.
		this.delayed.addLast(new DelayedChanges((last != null) ? Math.max(due, last.due) : due, snapshot, changes));
		this.scheduler.schedule(delay, this::publishDue);
	}

	private synchronized void publishDue() {
		for (DelayedChanges next = this.delayed.peekFirst(); next != null
				&& next.due <= this.scheduler.nanoTime(); next = this.delayed.peekFirst()) {
			this.delayed.removeFirst();
			publish(next.snapshot, next.changes);
		}
	}

	private void publish(RegistrySnapshot snapshot, List<Change> changes) {
		notify(this.indexes, snapshot, changes);
		this.visible = snapshot;
		notify(this.listeners, snapshot, changes);
	}

	private static void notify(List<ChangeListener> listeners, RegistrySnapshot snapshot, List<Change> changes) {
		for (ChangeListener listener : listeners) {
			try {
				listener.changed(snapshot, changes);
			}
			catch (RuntimeException ex) {
				logger.error("A listener failed to process changes that are visible to lookups", ex);
			}
		}
	}

	/**
	 * Changes that become visible together.
	 *
	 * @param due the time when they become visible
	 * @param snapshot the content after the changes
	 * @param changes the changes
	 */
	private record DelayedChanges(long due, RegistrySnapshot snapshot, List<Change> changes) {

	}

}
