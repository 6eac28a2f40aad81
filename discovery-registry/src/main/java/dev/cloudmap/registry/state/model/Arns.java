package dev.cloudmap.registry.state.model;

/**
 * Creates and reads the ARNs of namespaces and services.
 */
public final class Arns {

	/** The account of requests that specify no account. */
	public static final String DEFAULT_ACCOUNT = "000000000000";

	/** {@code arn}, partition, service, region, account, resource. */
	private static final int PARTS = 6;

	private static final int ACCOUNT = 4;

	private Arns() {
	}

	/**
	 * Creates an ARN.
	 * @param region the region
	 * @param account the account that owns the resource
	 * @param type the type of the resource
	 * @param id its id
	 * @return the ARN
	 */
	public static String of(String region, String account, String type, String id) {
		return "arn:aws:servicediscovery:%s:%s:%s/%s".formatted(region, account, type, id);
	}

	/**
	 * Returns the account in an ARN.
	 * @param arn an ARN
	 * @return the account; {@link #DEFAULT_ACCOUNT} if there is none
	 */
	public static String account(String arn) {
		String[] parts = arn.split(":", PARTS);
		return (parts.length == PARTS && !parts[ACCOUNT].isEmpty()) ? parts[ACCOUNT] : DEFAULT_ACCOUNT;
	}

}
