package dev.cloudmap.discovery.test;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.cloudmap.registry.state.command.ChangeHealth.Verdict;
import dev.cloudmap.registry.state.model.AttributeNames;

/**
 * A registered instance that is a small HTTP server of the test. Changes take effect in
 * the server and in the registry before a method returns, regardless of the registry's
 * delays. A {@linkplain TestRegistry#connect connected} application that has called the
 * service then uses the changed instances, unless the registry is like AWS or lags
 * behind. As in production, it keeps the instances of a service that loses all of them
 * for ten seconds.
 * <p>
 * Created by {@link StubService}. Thread-safe. It ends with the registry, or with
 * {@link TestRegistry#reset()}.
 */
public final class StubInstance {

	private static final String TEXT = "text/plain;charset=UTF-8";

	private static final String JSON = "application/json";

	private final TestRegistry registry;

	private final String service;

	private final String id;

	private final Map<String, String> attributes;

	private final StubServer server;

	StubInstance(TestRegistry registry, String service, String id, Map<String, String> given, String host) {
		this.registry = registry;
		this.service = service;
		this.id = id;
		String address = given.getOrDefault(AttributeNames.IPV4, host);
		int port = Integer.parseInt(given.getOrDefault(AttributeNames.PORT, "0"));
		this.server = new StubServer(new InetSocketAddress(address, port),
				new StubServer.Answer(200, TEXT, id, Duration.ZERO, false));
		Map<String, String> all = new TreeMap<>(given);
		all.put(AttributeNames.IPV4, address);
		all.put(AttributeNames.PORT, String.valueOf(this.server.address().getPort()));
		this.attributes = Map.copyOf(all);
	}

	void register() {
		this.registry.access().register(this.registry.namespace(), this.service, this.id, this.attributes);
		this.registry.awaitApplications(this.service);
	}

	void end() {
		deregister();
		close();
	}

	void close() {
		this.server.close();
	}

	/**
	 * Returns the id.
	 * @return the id, unique within the service
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Returns the name of the service.
	 * @return the name of the service
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Returns the address on which the instance listens.
	 * @return a loopback address and the port, which never change
	 */
	public InetSocketAddress address() {
		return this.server.address();
	}

	/**
	 * Returns the URI of the instance for calls without discovery.
	 * @return the URI, such as {@code http://127.0.0.1:4711}
	 */
	public URI uri() {
		return URI.create("http://" + address().getAddress().getHostAddress() + ":" + address().getPort());
	}

	/**
	 * Answers every request from now on with a status and a text.
	 * @param status the status code, 200 to 599
	 * @param body the body, sent as plain text; empty for none
	 * @return this instance
	 */
	public StubInstance respondingWith(int status, String body) {
		this.server.answer(this.server.answer().with(status, TEXT, body));
		return this;
	}

	/**
	 * Answers every request from now on with a status and JSON.
	 * @param status the status code, 200 to 599
	 * @param json the body
	 * @return this instance
	 */
	public StubInstance respondingWithJson(int status, String json) {
		this.server.answer(this.server.answer().with(status, JSON, json));
		return this;
	}

	/**
	 * Makes the instance slow: it delays the answers to all further requests.
	 * @param delay the time from a request to its answer; zero for none
	 * @return this instance
	 */
	public StubInstance respondingAfter(Duration delay) {
		this.server.answer(this.server.answer().after(delay));
		return this;
	}

	/**
	 * Makes the instance unresponsive: it accepts connections and requests but does not
	 * answer. Waiting requests are answered after {@link #recovered()}.
	 * @return this instance
	 */
	public StubInstance hanging() {
		this.server.answer(this.server.answer().hanging(true));
		return this;
	}

	/**
	 * Makes the instance unavailable while it stays registered, as after a failure of its
	 * machine: its connections are closed and new ones are refused.
	 * @return this instance
	 */
	public StubInstance refusingConnections() {
		this.server.refuse();
		return this;
	}

	/**
	 * Reports the instance as unhealthy to the registry, as applications do. It continues
	 * to serve.
	 * @return this instance
	 * @throws IllegalStateException if it is not registered, or the registry is stopped
	 */
	public StubInstance unhealthy() {
		return report(Verdict.UNHEALTHY);
	}

	/**
	 * Reports the instance as healthy to the registry.
	 * @return this instance
	 * @throws IllegalStateException if it is not registered, or the registry is stopped
	 */
	public StubInstance healthy() {
		return report(Verdict.HEALTHY);
	}

	private StubInstance report(Verdict verdict) {
		this.registry.access().report(this.registry.namespace(), this.service, this.id, verdict);
		this.registry.awaitApplications(this.service);
		return this;
	}

	/**
	 * Deregisters the instance, which continues to serve, as an application does while it
	 * drains.
	 * @return this instance
	 * @throws IllegalStateException if the registry is stopped
	 */
	public StubInstance deregistered() {
		deregister();
		this.registry.awaitApplications(this.service);
		return this;
	}

	private void deregister() {
		this.registry.access().deregister(this.registry.namespace(), this.service, this.id);
	}

	/**
	 * Ends the instance as a stopped application: it is deregistered, and then refuses
	 * connections.
	 * @return this instance
	 * @throws IllegalStateException if the registry is stopped
	 */
	public StubInstance stopped() {
		return deregistered().refusingConnections();
	}

	/**
	 * Restores the initial state of the instance with the answer that was last set: it
	 * accepts connections, answers without delay, and is registered and healthy.
	 * @return this instance
	 * @throws IllegalStateException if the registry is stopped
	 */
	public StubInstance recovered() {
		this.server.answer(this.server.answer().after(Duration.ZERO).hanging(false));
		this.server.open();
		register();
		return this;
	}

	/**
	 * Returns the received requests, including those without an answer.
	 * @return the requests in the order of their arrival
	 */
	public List<ReceivedRequest> requests() {
		return this.server.requests();
	}

	/**
	 * Clears the received requests.
	 * @return this instance
	 */
	public StubInstance clearRequests() {
		this.server.clearRequests();
		return this;
	}

	@Override
	public String toString() {
		return this.service + " instance " + this.id + " at " + uri();
	}

}
