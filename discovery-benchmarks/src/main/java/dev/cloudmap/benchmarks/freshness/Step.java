package dev.cloudmap.benchmarks.freshness;

import java.util.HashSet;
import java.util.Set;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;

/**
 * The changes of an instance, in the order of their execution.
 */
enum Step {

	REGISTER {
		@Override
		void apply(Registry registry, InstanceRegistration instance) {
			registry.register(instance);
		}
	},

	UNHEALTHY {
		@Override
		void apply(Registry registry, InstanceRegistration instance) {
			registry.reportHealth(instance.service(), instance.instanceId(), HealthStatus.UNHEALTHY);
		}
	},

	HEALTHY {
		@Override
		void apply(Registry registry, InstanceRegistration instance) {
			registry.reportHealth(instance.service(), instance.instanceId(), HealthStatus.HEALTHY);
		}
	},

	DEREGISTER {
		@Override
		void apply(Registry registry, InstanceRegistration instance) {
			registry.deregister(instance.service(), instance.instanceId());
		}
	};

	abstract void apply(Registry registry, InstanceRegistration instance);

	/**
	 * Returns the ids of the callable instances after this change.
	 * @param others the ids of the other callable instances
	 * @param id the id of the changed instance
	 */
	Set<String> expected(Set<String> others, String id) {
		Set<String> expected = new HashSet<>(others);
		if (this == REGISTER || this == HEALTHY) {
			expected.add(id);
		}
		return expected;
	}

}
