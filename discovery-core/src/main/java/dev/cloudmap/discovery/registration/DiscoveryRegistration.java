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
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory.Result;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.RegistrationMetadata;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * The registration of this application as Spring Cloud sees it. Address, port and id are
 * determined once, when they are first used. Before the web server listens that fails
 * with {@link DiscoveryException}, as does the service id of an application without a
 * name. Attributes are read again each time the application is registered, and
 * {@linkplain #getMetadata() can be changed} here.
 */
public final class DiscoveryRegistration implements Registration {

	/** The result of {@link #getPort()} without a port, as Spring Cloud expects it. */
	private static final int NO_PORT = -1;

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryRegistration.class);

	private final InstanceRegistrationFactory factory;

	/**
	 * The instance; null before it is determined. Not guarded by a lock, since it may
	 * block to determine it.
	 */
	private final AtomicReference<@Nullable Result> decided = new AtomicReference<>();

	private final RegistrationMetadata metadata = new RegistrationMetadata(this::current);

	/** Why the current attributes could not be used; null if they could. */
	private volatile @Nullable String objection;

	public DiscoveryRegistration(InstanceRegistrationFactory factory) {
		this.factory = factory;
	}

	/**
	 * The instance with its current attributes; with the earlier ones if the registry
	 * would refuse the current ones or they can't be read.
	 */
	InstanceRegistration instance() {
		try {
			refresh();
			this.objection = null;
		}
		catch (RuntimeException | Error ex) {
			// an error in a user's bean must not end the lease
			boolean expected = ex instanceof DiscoveryException;
			String message = expected ? String.valueOf(ex.getMessage()) : ex.toString();
			if (!message.equals(this.objection)) {
				this.objection = message;
				logger.warn("The attributes of this application stay as they were: {}", message, expected ? null : ex);
			}
		}
		return result().instance();
	}

	/**
	 * Reads the attributes again; address, port and id stay. If they have changed, an
	 * application that has registered the instance manually should register it again.
	 * @return whether they have changed; false if the instance is not determined yet
	 * @throws DiscoveryException if the registry would refuse the new attributes; the
	 * earlier ones stay
	 */
	public boolean refresh() {
		Result before = this.decided.get();
		if (before == null) {
			return false;
		}
		InstanceRegistration refreshed = this.factory.refresh(before.instance(), this.metadata);
		if (refreshed.equals(before.instance())) {
			return false;
		}
		// another thread that came first has read them too
		this.decided.compareAndSet(before, new Result(refreshed, before.host()));
		return true;
	}

	/**
	 * How the address was found: the result of each resolver that was called, in order;
	 * the last one's is the address.
	 * @return the results; empty before the address is determined
	 */
	public List<String> resolution() {
		Result known = this.decided.get();
		return (known != null) ? known.host().resolution() : List.of();
	}

	private Result result() {
		Result known = this.decided.get();
		if (known != null) {
			return known;
		}
		Result made = this.factory.create(this.metadata);
		Result first = this.decided.compareAndExchange(null, made);
		return (first != null) ? first : made;
	}

	private InstanceRegistration current() {
		return result().instance();
	}

	/**
	 * Determines the instance again next time: the web server may listen on another port.
	 */
	void reset() {
		this.decided.set(null);
	}

	@Override
	public String getServiceId() {
		return this.factory.service().name();
	}

	@Override
	public String getInstanceId() {
		return current().instanceId();
	}

	@Override
	public String getHost() {
		return current().isIpv6() ? "[" + current().address() + "]" : current().address();
	}

	@Override
	public int getPort() {
		return current().port().orElse(NO_PORT);
	}

	@Override
	public boolean isSecure() {
		return Boolean.parseBoolean(current().attributes().get(InstanceAttributes.SECURE));
	}

	@Override
	public URI getUri() {
		return ServiceInstance.createUri(this);
	}

	/**
	 * The attributes, which may be changed: changes here come after
	 * {@link RegistrationCustomizer}s and stay when this application is registered again.
	 * An instance that is registered is registered again with them. Thread-safe.
	 * @return a view of the attributes; it throws {@link DiscoveryException} for an
	 * attribute that the registry would refuse, or that is one too many
	 */
	@Override
	public Map<String, String> getMetadata() {
		return this.metadata;
	}

	/**
	 * Sets what is called after each change of the metadata.
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

}
