package dev.cloudmap.registry.contract;

import java.util.function.Consumer;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

/**
 * A request that the SDK lets out although the model doesn't allow it.
 *
 * @param text what is wrong with it
 * @param call sends it
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
