package dev.cloudmap.registry.state;

import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * A service and its instances at one moment.
 *
 * @param service the service
 * @param instances its instances by id, in no particular order
 * @param instancesRevision grows with each registration and deregistration, not with
 * health
 * @param nameless the ids of instances that have no DNS name of their own although the
 * service has SRV records: a service or another instance has the name. Only data of
 * earlier versions has such instances.
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
