package dev.cloudmap.discovery.registration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The private address of the EC2 instance.
 */
public final class Ec2HostResolver implements HostResolver {

	private final Ec2Metadata ec2;

	/**
	 * Creates the resolver.
	 * @param ec2 tells of the instance; not null
	 */
	public Ec2HostResolver(Ec2Metadata ec2) {
		this.ec2 = ec2;
	}

	@Override
	public String name() {
		return "Amazon EC2";
	}

	@Override
	public HostAnswer resolve() {
		try {
			Ec2Instance instance = this.ec2.instance();
			return HostAnswer.of(instance.addresses().stream().map(RegisteredAddress::parse).toList(),
					"address of instance " + instance.id());
		}
		catch (DiscoveryException ex) {
			return HostAnswer.none(ex.getDescription());
		}
	}

}
