package dev.cloudmap.discovery.registration.aws;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;

/**
 * The private address of the EC2 instance.
 */
public final class Ec2HostResolver implements HostResolver {

	private final Ec2Metadata ec2;

	/**
	 * Creates the resolver.
	 * @param ec2 the metadata of the instance
	 */
	public Ec2HostResolver(Ec2Metadata ec2) {
		this.ec2 = ec2;
	}

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
