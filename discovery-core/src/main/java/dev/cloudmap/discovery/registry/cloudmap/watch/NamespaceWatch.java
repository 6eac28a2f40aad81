package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.registry.watch.BlockingQueryLoop;

/**
 * Watches one namespace by a {@link NamespaceQuery}.
 */
public final class NamespaceWatch implements Watch, BlockingQueryLoop.Listener<ChangedServices> {

	private static final Logger logger = LoggerFactory.getLogger(NamespaceWatch.class);

	private final WatchRequest request;

	private final Namespace namespace;

	private final WatchListener listener;

	private final WatchClient client;

	private final Consumer<NamespaceWatch> onClose;

	private final BlockingQueryLoop<ChangedServices> loop;

	/** Whether the current failure was logged. */
	private boolean logged;

	/**
	 * Creates a watch, which starts with {@link #start()}.
	 */
	public NamespaceWatch(WatchRequest request, Namespace namespace, WatchListener listener, WatchClient client,
			Consumer<NamespaceWatch> onClose) {
		this.request = request;
		this.namespace = namespace;
		this.listener = listener;
		this.client = client;
		this.onClose = onClose;
		this.loop = new BlockingQueryLoop<>(new NamespaceQuery(request, namespace, client), client.timer(), this);
	}

	/**
	 * Sends the first query. Does nothing if it was sent.
	 */
	public void start() {
		this.loop.start();
	}

	/**
	 * The registry has answered another request.
	 * @param revision the revision that the answer carried
	 */
	public void registryAnswered(long revision) {
		this.loop.registryAnswered(revision);
	}

	/**
	 * Whether a query failed and the next one is not sent yet.
	 */
	boolean isDelayed() {
		return this.loop.isDelayed();
	}

	@Override
	public boolean isLive() {
		return this.loop.isLive();
	}

	@Override
	public void close() {
		this.loop.close();
		this.onClose.accept(this);
	}

	@Override
	public void onLive() {
		this.logged = false;
		logger.info("The registry at {} reports changes in namespace {}", this.request.endpoint(), this.namespace);
		this.listener.onOpen();
	}

	@Override
	public void onAnswer(ChangedServices changed) {
		if (changed.everything()) {
			this.listener.onReset();
		}
		changed.names().forEach(this.listener::onChange);
	}

	@Override
	public void onFailure(BlockingQueryException failure) {
		// the name of a namespace that does not exist may be made up
		boolean isLogged = !this.logged
				&& (failure.kind() != Kind.NOT_FOUND || this.client.logLimit().allows(this.namespace));
		this.logged = true;
		if (isLogged) {
			logger.info("The registry at {} does not report changes in namespace {}, which will be tried again: {}",
					this.request.endpoint(), this.namespace, failure.getMessage());
		}
	}

	@Override
	public void onLost() {
		this.listener.onLost();
	}

}
