package dev.cloudmap.discovery.registration;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The EC2 instance that this application runs on, as its metadata tell it.
 *
 * @param id its id; never null
 * @param addresses its private IPv4 address, and its first IPv6 address if it has one;
 * never null
 * @param zone the availability zone; null if it is not told
 * @param region the region; null if it is not told
 */
record Ec2Instance(String id, List<String> addresses, @Nullable String zone, @Nullable String region) {

	Ec2Instance {
		addresses = List.copyOf(addresses);
	}

}
