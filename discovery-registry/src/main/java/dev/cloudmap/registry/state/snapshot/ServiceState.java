package dev.cloudmap.registry.state.snapshot;

import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Service;

/**
 * A service and its instances.
 *
 * @param service the service
 * @param instances the instances by id, in no particular order
 * @param instancesRevision the revision of the latest registration or deregistration;
 * changes of health do not count
 * @param nameless the ids of instances without a DNS name although the service has SRV
 * records, because a service or another instance has the name; only in data of earlier
 * versions
 */
public record ServiceState(Service service, PMap<String, Instance> instances, long instancesRevision,
		PSet<String> nameless) {

	static ServiceState of(Service service, long instancesRevision) {
		return new ServiceState(service, HashTreePMap.empty(), instancesRevision, HashTreePSet.empty());
	}

	ServiceState with(Service newService) {
		return new ServiceState(newService, this.instances, this.instancesRevision, this.nameless);
	}

	ServiceState with(Instance instance) {
		return new ServiceState(this.service, this.instances.plus(instance.id(), instance), this.instancesRevision,
				this.nameless);
	}

	ServiceState without(Instance instance) {
		return new ServiceState(this.service, this.instances.minus(instance.id()), this.instancesRevision,
				this.nameless.minus(instance.id()));
	}

	ServiceState at(long newInstancesRevision) {
		return new ServiceState(this.service, this.instances, newInstancesRevision, this.nameless);
	}

	ServiceState withName(String instanceId) {
		return new ServiceState(this.service, this.instances, this.instancesRevision, this.nameless.minus(instanceId));
	}

	ServiceState withoutName(String instanceId) {
		return new ServiceState(this.service, this.instances, this.instancesRevision, this.nameless.plus(instanceId));
	}

}
