package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Reads the EC2 instance that this application runs on from the instance metadata service
 * of Amazon EC2, version 2. Its answer is cached, and so is its failure.
 */
public final class Ec2Metadata {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final String TOKEN_PATH = "/latest/api/token";

	private static final String TOKEN_HEADER = "X-aws-ec2-metadata-token";

	private static final Map<String, String> TOKEN_TTL = Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60");

	private static final String DATA_PATH = "/latest/meta-data/";

	private final MetadataEndpoint endpoint;

	/** Why it is not used; null if it is. */
	private final @Nullable String off;

	private volatile @Nullable Ec2Instance instance;

	/** Why the last attempt failed; null if none did. */
	private volatile @Nullable String failure;

	private Ec2Metadata(MetadataEndpoint endpoint, @Nullable String off) {
		this.endpoint = endpoint;
		this.off = off;
	}

	/**
	 * Uses an endpoint.
	 * @param uri the endpoint's URI
	 */
	public static Ec2Metadata at(String uri) {
		return new Ec2Metadata(new MetadataEndpoint(uri, TIMEOUT), null);
	}

	/**
	 * Uses no endpoint.
	 * @param reason why not, for a log line
	 */
	public static Ec2Metadata off(String reason) {
		return new Ec2Metadata(new MetadataEndpoint("", TIMEOUT), reason);
	}

	/**
	 * The instance.
	 * @throws DiscoveryException if there is none or the endpoint is not used
	 */
	Ec2Instance instance() {
		String failure = (this.off != null) ? this.off : this.failure;
		if (failure != null) {
			throw new DiscoveryException(failure);
		}
		Ec2Instance known = this.instance;
		if (known == null) {
			known = fetch();
			this.instance = known;
		}
		return known;
	}

	/**
	 * Reads it again next time: the application may run elsewhere by then.
	 */
	void forget() {
		this.instance = null;
		this.failure = null;
	}

	private Ec2Instance fetch() {
		try {
			String token = required(TOKEN_PATH, this.endpoint.send("PUT", TOKEN_PATH, TOKEN_TTL));
			String id = required("instance-id", get(token, "instance-id"));
			List<String> addresses = Stream.of(get(token, "local-ipv4"), get(token, "ipv6"))
				.flatMap(Optional::stream)
				.toList();
			if (addresses.isEmpty()) {
				throw new IOException("neither local-ipv4 nor ipv6");
			}
			return new Ec2Instance(id, addresses, get(token, "placement/availability-zone").orElse(null),
					get(token, "placement/region").orElse(null));
		}
		catch (IOException ex) {
			String failure = "no instance metadata at " + this.endpoint + ": " + ex.getMessage();
			this.failure = failure;
			throw new DiscoveryException(failure, ex);
		}
	}

	private Optional<String> get(String token, String item) throws IOException {
		return this.endpoint.send("GET", DATA_PATH + item, Map.of(TOKEN_HEADER, token))
			.map(String::trim)
			.filter((value) -> !value.isEmpty());
	}

	private static String required(String item, Optional<String> value) throws IOException {
		return value.orElseThrow(() -> new IOException("no " + item));
	}

}
