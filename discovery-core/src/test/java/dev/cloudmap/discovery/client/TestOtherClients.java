package dev.cloudmap.discovery.client;

import java.util.List;

import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Other discovery clients, which are called on the calling thread.
 */
public final class TestOtherClients {

	/** An application without other clients. */
	public static final OtherDiscoveryClients NONE = of(new ManualTimer());

	private TestOtherClients() {
	}

	public static OtherDiscoveryClients of(Timer timer, DiscoveryClient... clients) {
		return new OtherDiscoveryClients(() -> List.of(clients), Namespaces.of(TestCatalog.CORP), Runnable::run, timer,
				TestCatalog.SETTINGS);
	}

}
