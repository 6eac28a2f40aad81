package dev.cloudmap.discovery.loadbalancer.call;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.thread.ManualTimer;

/**
 * Creates calls for the tests of other packages.
 */
public final class TestCalls {

	private TestCalls() {
	}

	/**
	 * Returns the attributes of a request that was already sent to instances.
	 */
	public static Map<String, Object> sentTo(ServiceInstance... instances) {
		Call call = new Call("worker",
				TestCatalog
					.of((service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
							new ManualTimer())
					.service("worker"),
				List::of, "GET",
				new CallSettings(new CallTimeouts(null, null, null),
						new RetryPolicy(0, Set.of(), Set.of(), new RetryPolicy.Budget(0, 0))),
				new RetryBudget(), CallListener.NONE, System::nanoTime);
		Set.of(instances).forEach(call::sentTo);
		return Map.of(Call.ATTRIBUTE, call);
	}

}
