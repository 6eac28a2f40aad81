package dev.cloudmap.benchmarks.freshness;

import java.util.HashSet;
import java.util.Set;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;

/**
 * What happens to an instance, in this order.
 */
enum Step {

	REGISTER {
		@Override
		void take(Registry registry, InstanceRegistration instance) {
			registry.register(instance);
		}
	},

	UNHEALTHY {
		@Override
		void take(Registry registry, InstanceRegistration instance) {
			registry.reportHealth(instance.service(), instance.instanceId(), HealthStatus.UNHEALTHY);
		}
	},

	HEALTHY {
		@Override
		void take(Registry registry, InstanceRegistration instance) {
			registry.reportHealth(instance.service(), instance.instanceId(), HealthStatus.HEALTHY);
		}
	},

	DEREGISTER {
		@Override
		void take(Registry registry, InstanceRegistration instance) {
			registry.deregister(instance.service(), instance.instanceId());
		}
	};

	abstract void take(Registry registry, InstanceRegistration instance);

	/**
	 * Who is to be called after it.
	 * @param others who is to be called besides
	 * @param id the instance
	 */
	Set<String> expected(Set<String> others, String id) {
		Set<String> expected = new HashSet<>(others);
		if (this == REGISTER || this == HEALTHY) {
			expected.add(id);
		}
		return expected;
	}

}
