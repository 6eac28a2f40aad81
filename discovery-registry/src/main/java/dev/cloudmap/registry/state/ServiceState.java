package dev.cloudmap.registry.state;

import org.pcollections.PMap;

/**
 * A service and its instances at one moment.
 *
 * @param service the service
 * @param instances its instances by id, in no particular order
 * @param instancesRevision grows with each registration and deregistration, not with
 * health
 */
public record ServiceState(Service service, PMap<String, Instance> instances, long instancesRevision) {

	ServiceState with(Service newService) {
		return new ServiceState(newService, this.instances, this.instancesRevision);
	}

	ServiceState with(Instance instance) {
		return new ServiceState(this.service, this.instances.plus(instance.id(), instance), this.instancesRevision);
	}

	ServiceState without(Instance instance) {
		return new ServiceState(this.service, this.instances.minus(instance.id()), this.instancesRevision);
	}

	ServiceState at(long newInstancesRevision) {
		return new ServiceState(this.service, this.instances, newInstancesRevision);
	}

}
