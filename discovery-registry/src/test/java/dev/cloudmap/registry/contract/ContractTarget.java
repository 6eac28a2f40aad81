package dev.cloudmap.registry.contract;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The target of the contract suite, from environment variables:
 * <ul>
 * <li>without environment variables, a registry in this JVM, one for each test class;
 * <li>{@code CLOUD_MAP_CONTRACT_ENDPOINT=http://127.0.0.1:4666}: the implementation at
 * this endpoint, with dummy credentials unless {@code AWS_ACCESS_KEY_ID} is set;
 * <li>{@code CLOUD_MAP_CONTRACT_REGION=eu-west-1} without an endpoint: AWS Cloud Map,
 * with the default credentials chain. {@code CLOUD_MAP_CONTRACT_VPC=vpc-...} sets the VPC
 * for private DNS namespaces; without it, tests that need one are skipped. The suite
 * creates namespaces, including public ones with a hosted zone, for which AWS charges,
 * and removes them.
 * </ul>
 * The script {@code contract-on-aws} runs the suite on AWS and removes the created
 * resources, even after a crash. {@code CLOUD_MAP_CONTRACT_RUN} is a part of the names of
 * all namespaces of a run.
 */
final class ContractTarget {

	/** The prefix of the names of all resources that the suite creates. */
	private static final String PREFIX = "discovery-contract-";

	private ContractTarget() {
	}

	/**
	 * Returns the name prefix of all namespaces of this run, or of all runs if
	 * {@code CLOUD_MAP_CONTRACT_RUN} is not set.
	 */
	static String prefixOfRun() {
		String run = environment("RUN");
		return (run != null) ? PREFIX + run + "-" : PREFIX;
	}

	static boolean isAws() {
		return endpoint() == null && environment("REGION") != null;
	}

	/**
	 * Returns the endpoint of another implementation; null for a registry in this JVM or
	 * AWS.
	 */
	static String endpoint() {
		return environment("ENDPOINT");
	}

	static String region() {
		String region = environment("REGION");
		return (region != null) ? region : "us-east-1";
	}

	/**
	 * Returns the VPC for private DNS namespaces; null if it is not set.
	 */
	static String vpc() {
		return environment("VPC");
	}

	static AwsCredentialsProvider credentials() {
		if (isAws() || System.getenv("AWS_ACCESS_KEY_ID") != null) {
			return DefaultCredentialsProvider.builder().build();
		}
		return StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
	}

	private static String environment(String name) {
		String value = System.getenv("CLOUD_MAP_CONTRACT_" + name);
		return (value != null && !value.isBlank()) ? value : null;
	}

}
