package dev.cloudmap.registry.contract;

import java.util.function.Consumer;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

/**
 * A request that the SDK sends although it violates the model.
 *
 * @param text the violation
 * @param call sends the request
 */
record BrokenRequest(String text, Consumer<ServiceDiscoveryClient> call) {

	private static final int READABLE = 80;

	void send(ServiceDiscoveryClient client) {
		this.call.accept(client);
	}

	@Override
	public String toString() {
		return (this.text.length() > READABLE) ? this.text.substring(0, READABLE) + "..." : this.text;
	}

}
