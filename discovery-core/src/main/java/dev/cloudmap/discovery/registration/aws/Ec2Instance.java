package dev.cloudmap.discovery.registration.aws;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The EC2 instance that this application runs on, by its metadata.
 *
 * @param id its id
 * @param addresses its private IPv4 address, and its first IPv6 address if it has one
 * @param zone the availability zone; null if unknown
 * @param region the region; null if unknown
 */
record Ec2Instance(String id, List<String> addresses, @Nullable String zone, @Nullable String region) {
}
