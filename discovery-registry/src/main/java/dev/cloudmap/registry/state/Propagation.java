package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What look-ups see of the state. As on the real service they may lag behind what was
 * acknowledged; unless that is asked for they do not.
 */
public final class Propagation {

	private static final Logger logger = LoggerFactory.getLogger(Propagation.class);

	/**
	 * Into how many steps the lag is divided: changes closer together arrive together.
	 */
	private static final int STEPS = 64;

	private final RegistryMode mode;

	private final Supplier<Realism> realism;

	private final Timeline timeline;

	private final List<ChangeListener> views = new CopyOnWriteArrayList<>();

	private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

	private final Deque<Parcel> underWay = new ArrayDeque<>();

	private volatile Snapshot visible;

	private Propagation(RegistryState state, Supplier<Realism> realism, Timeline timeline) {
		this.mode = state.mode();
		this.visible = state.snapshot();
		this.realism = realism;
		this.timeline = timeline;
	}

	/**
	 * Begins to follow a state, all of whose present content is visible.
	 * @param state the state
	 * @param realism tells the lag in force
	 * @param timeline where time comes from
	 * @return what look-ups see
	 */
	public static Propagation of(RegistryState state, Supplier<Realism> realism, Timeline timeline) {
		Propagation propagation = new Propagation(state, realism, timeline);
		propagation.follow(state);
		return propagation;
	}

	private synchronized void follow(RegistryState state) {
		// In this order nothing is missed: what changes meanwhile waits, or is there.
		state.addListener(this::changed);
		this.visible = state.snapshot();
	}

	/**
	 * Returns what the registry does beyond Cloud Map.
	 * @return the mode, which never changes
	 */
	public RegistryMode mode() {
		return this.mode;
	}

	/**
	 * Returns what look-ups see now, without waiting.
	 * @return what look-ups see now
	 */
	public Snapshot snapshot() {
		return this.visible;
	}

	/**
	 * Adds what look-ups are answered from beside the snapshot. It takes in each change
	 * from now on before the snapshot shows it and before any listener learns of it, so
	 * that whoever is told of a change finds it everywhere.
	 * @param view what takes in changes; it is called by one thread at a time
	 */
	public synchronized void addView(ChangeListener view) {
		this.views.add(view);
	}

	/**
	 * Adds a listener, which learns of every change from now on, when look-ups see it.
	 * @param listener a listener; it is called by one thread at a time
	 */
	public void addListener(ChangeListener listener) {
		this.listeners.add(listener);
	}

	private synchronized void changed(Snapshot snapshot, List<Change> changes) {
		Duration lag = this.realism.get().consistencyDelay();
		if (lag.isZero() && this.underWay.isEmpty()) {
			deliver(snapshot, changes);
			return;
		}
		long due = this.timeline.nanoTime() + lag.toNanos();
		Parcel last = this.underWay.peekLast();
		if (last != null && due - last.due < lag.toNanos() / STEPS) {
			last.add(snapshot, changes);
			return;
		}
		// One that overtakes those before it, when the lag was shortened, waits for them.
		this.underWay.addLast(new Parcel((last != null) ? Math.max(due, last.due) : due, snapshot, changes));
		this.timeline.schedule(lag, this::deliverDue);
	}

	private synchronized void deliverDue() {
		for (Parcel next = this.underWay.peekFirst(); next != null
				&& next.due <= this.timeline.nanoTime(); next = this.underWay.peekFirst()) {
			this.underWay.removeFirst();
			deliver(next.snapshot, next.changes);
		}
	}

	private void deliver(Snapshot snapshot, List<Change> changes) {
		tell(this.views, snapshot, changes);
		this.visible = snapshot;
		tell(this.listeners, snapshot, changes);
	}

	private static void tell(List<ChangeListener> listeners, Snapshot snapshot, List<Change> changes) {
		for (ChangeListener listener : listeners) {
			try {
				listener.changed(snapshot, changes);
			}
			catch (RuntimeException ex) {
				logger.error("A listener failed on a change that look-ups see", ex);
			}
		}
	}

	/**
	 * Changes that look-ups are going to see together.
	 */
	private static final class Parcel {

		private final long due;

		private final List<Change> changes;

		private Snapshot snapshot;

		private Parcel(long due, Snapshot snapshot, List<Change> changes) {
			this.due = due;
			this.snapshot = snapshot;
			this.changes = new ArrayList<>(changes);
		}

		private void add(Snapshot later, List<Change> more) {
			this.snapshot = later;
			this.changes.addAll(more);
		}

	}

}
