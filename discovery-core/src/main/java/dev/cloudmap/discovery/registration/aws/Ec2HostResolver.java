package dev.cloudmap.discovery.registration.aws;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;

/**
 * The private address of the EC2 instance.
 *
 * @param ec2 the metadata of the instance
 */
public record Ec2HostResolver(Ec2Metadata ec2) implements HostResolver {

	@Override
	public String name() {
		return "Amazon EC2";
	}

	@Override
	public HostResolution resolve() {
		try {
			Ec2Instance instance = this.ec2.instance();
			return HostResolution.ofLiterals(instance.addresses(), "address of instance " + instance.id());
		}
		catch (DiscoveryException ex) {
			return HostResolution.none(ex.getDescription());
		}
	}

}
