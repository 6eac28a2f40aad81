package dev.cloudmap.discovery.registration;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.serviceregistry.Registration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * This application as Spring Cloud sees it registered. Address, port and id are decided
 * once, when they are first asked for; before the web server listens they can't be, and
 * asking fails with {@link DiscoveryException}, as does asking an application without a
 * name for its service. Attributes are read anew each time it is registered, and
 * {@linkplain #getMetadata() can be changed} here.
 */
public final class DiscoveryRegistration implements Registration {

	/** What {@link #getPort()} answers where there is none: Spring Cloud takes it so. */
	private static final int NO_PORT = -1;

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryRegistration.class);

	private final InstanceRegistrationFactory factory;

	/**
	 * What was decided; holds null before that. Not behind a lock: deciding may block.
	 */
	private final AtomicReference<@Nullable Decision> decision = new AtomicReference<>();

	private final RegistrationMetadata metadata = new RegistrationMetadata(this::decided);

	/** Why new attributes were not taken, last; null if they were. */
	private volatile @Nullable String objection;

	public DiscoveryRegistration(InstanceRegistrationFactory factory) {
		this.factory = factory;
	}

	/**
	 * What is registered, with the attributes as they are now; with those from before
	 * where the registry would refuse them, or they can't be had.
	 */
	InstanceRegistration instance() {
		try {
			refresh();
			this.objection = null;
		}
		catch (DiscoveryException ex) {
			String message = String.valueOf(ex.getMessage());
			if (isNew(message)) {
				logger.warn("The attributes of this application stay as they were: {}", message);
			}
		}
		catch (RuntimeException | Error ex) {
			// of a user's bean: no reason to let the lease end
			if (isNew(ex.toString())) {
				logger.warn("The attributes of this application stay as they were", ex);
			}
		}
		return decision().instance();
	}

	private boolean isNew(String objection) {
		boolean known = objection.equals(this.objection);
		this.objection = objection;
		return !known;
	}

	/**
	 * Reads the attributes anew; address, port and id stay. Whoever has registered the
	 * instance is to register it again if this tells so, which replaces what was there.
	 * @return whether they have changed; false too if nothing was decided yet
	 * @throws DiscoveryException if the registry would refuse the new attributes; those
	 * from before stay
	 */
	public boolean refresh() {
		Decision before = this.decision.get();
		if (before == null) {
			return false;
		}
		InstanceRegistration refreshed = this.factory.refresh(before.instance(), this.metadata);
		if (refreshed.equals(before.instance())) {
			return false;
		}
		// who came first has read them anew, too
		this.decision.compareAndSet(before, new Decision(refreshed, before.host()));
		return true;
	}

	/**
	 * How the address was found: what each resolver that was asked has answered, in
	 * order; the last one's is the address.
	 * @return the answers; empty before anything is decided; never null
	 */
	public List<String> resolution() {
		Decision decided = this.decision.get();
		return (decided != null) ? decided.host().resolution() : List.of();
	}

	private Decision decision() {
		Decision decided = this.decision.get();
		if (decided != null) {
			return decided;
		}
		Decision made = this.factory.create(this.metadata);
		Decision first = this.decision.compareAndExchange(null, made);
		return (first != null) ? first : made;
	}

	private InstanceRegistration decided() {
		return decision().instance();
	}

	/**
	 * Decides anew when next asked: the web server may listen on another port by then.
	 */
	void reset() {
		this.decision.set(null);
	}

	@Override
	public String getServiceId() {
		return this.factory.service().name();
	}

	@Override
	public String getInstanceId() {
		return decided().instanceId();
	}

	@Override
	public String getHost() {
		return decided().isIpv6() ? "[" + decided().address() + "]" : decided().address();
	}

	@Override
	public int getPort() {
		return decided().port().orElse(NO_PORT);
	}

	@Override
	public boolean isSecure() {
		return Boolean.parseBoolean(decided().attributes().get(InstanceAttributes.SECURE));
	}

	@Override
	public URI getUri() {
		return ServiceInstance.createUri(this);
	}

	/**
	 * The attributes, which may be changed: what is put or removed here counts after
	 * {@link RegistrationCustomizer}s, is registered, and stays so when this application
	 * is registered again. An instance that is registered already is registered anew. Is
	 * safe for use by several threads.
	 * @return a view of the attributes; it throws {@link DiscoveryException} for an
	 * attribute that the registry would refuse, or that is one too many
	 */
	@Override
	public Map<String, String> getMetadata() {
		return this.metadata;
	}

	/**
	 * Sets what is called each time the metadata were changed here.
	 * @param listener must not block
	 */
	public void onMetadataChange(Runnable listener) {
		this.metadata.onChange(listener);
	}

	/**
	 * Whether this application has a name to register under.
	 */
	boolean hasName() {
		return this.factory.hasName();
	}

	/**
	 * What keeps this application from being registered; null if nothing does.
	 */
	@Nullable NothingToRegisterException obstacle() {
		try {
			this.factory.requireNameAndPort();
			return null;
		}
		catch (NothingToRegisterException ex) {
			return ex;
		}
	}

	/**
	 * What was decided.
	 *
	 * @param instance the instance; never null
	 * @param host how its address was found; never null
	 */
	record Decision(InstanceRegistration instance, ResolvedHost host) {
	}

}
