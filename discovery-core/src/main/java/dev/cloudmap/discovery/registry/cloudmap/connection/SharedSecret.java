package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The secret that all applications of the embedded registry share. It signs requests by
 * AWS's Signature Version 4. An answer is accepted only if it proves that the registry
 * has the secret too. The secret never appears in a message. Thread-safe.
 */
public final class SharedSecret implements AwsCredentialsProvider, ExecutionInterceptor {

	/**
	 * The access key id for the secret.
	 */
	public static final String ACCESS_KEY_ID = "embedded";

	/** The proof in answers of a registry that requires signatures. */
	public static final String PROOF_HEADER = "X-Discovery-Proof";

	private static final String PROPERTY = "discovery.embedded.secret";

	/**
	 * The minimum length of a secret. Any process that listens on the port receives
	 * signatures, and a brute-force attack could find a shorter secret from a signature.
	 */
	private static final int MIN_LENGTH = 16;

	private static final int MAX_LENGTH = 1024;

	private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

	private static final Pattern SIGNATURE = Pattern.compile("Signature=([0-9a-f]+)");

	private static final String AUTHORIZATION = "Authorization";

	private static final String PROOF = "discovery-registry-proof";

	/**
	 * The statuses of a registry that rejects a request before it verifies the signature:
	 * the host is not allowed, the body is too large, or too many bodies are received at
	 * the same time.
	 */
	private static final Set<Integer> EARLY_REFUSALS = Set.of(403, 413, 503);

	private final String secret;

	private SharedSecret(String secret) {
		this.secret = secret;
	}

	/**
	 * Returns the configured secret.
	 * @param secret the value of {@code discovery.embedded.secret}; null or blank for
	 * none
	 * @return the secret; null for none
	 * @throws DiscoveryException if the value is too short, too long or not visible ASCII
	 */
	public static @Nullable SharedSecret of(@Nullable String secret) {
		if (secret == null || secret.isBlank()) {
			return null;
		}
		if (secret.length() < MIN_LENGTH || secret.length() > MAX_LENGTH || !VISIBLE_ASCII.matcher(secret).matches()) {
			throw new DiscoveryException(
					PROPERTY + " has " + secret.length() + " characters: expected " + MIN_LENGTH + " to " + MAX_LENGTH
							+ " visible ASCII characters",
					"Set it to a random value, for example of 'openssl rand -hex 32'", null);
		}
		return new SharedSecret(secret);
	}

	@Override
	public AwsCredentials resolveCredentials() {
		return AwsBasicCredentials.create(ACCESS_KEY_ID, this.secret);
	}

	/**
	 * Returns the headers of a signed GET request, except {@code Host}.
	 * @param uri the request's URI
	 */
	public Map<String, String> sign(URI uri) {
		SdkHttpRequest request = SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(uri).build();
		SdkHttpRequest signed = new RequestSigner(this).sign(request, RequestSigner.SIGNING_NAME, "us-east-1");
		Map<String, String> headers = new LinkedHashMap<>();
		signed.forEachHeader((name, values) -> {
			if (!name.equalsIgnoreCase("Host")) {
				headers.put(name, String.join(",", values));
			}
		});
		return headers;
	}

	/**
	 * Returns whether an answer comes from a registry that has the secret.
	 * @param authorization the {@code Authorization} header of the request
	 * @param uri the URI of the request
	 * @param proof the proof in the answer; null for none
	 */
	public boolean isProof(String authorization, URI uri, @Nullable String proof) {
		Matcher signature = SIGNATURE.matcher(authorization);
		if (proof == null || !signature.find()) {
			return false;
		}
		byte[] expected = UnloggedSigner.hmac(this.secret.getBytes(StandardCharsets.UTF_8),
				String.join("\n", PROOF, uri.getRawAuthority(), signature.group(1)));
		String hex = HexFormat.of().formatHex(expected);
		return MessageDigest.isEqual(hex.getBytes(StandardCharsets.UTF_8), proof.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Fails a call whose answer contains no valid proof, as if the registry were
	 * unavailable.
	 */
	@Override
	public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
		SdkHttpRequest request = context.httpRequest();
		String proof = context.httpResponse().firstMatchingHeader(PROOF_HEADER).orElse(null);
		if (!isProof(request.firstMatchingHeader(AUTHORIZATION).orElse(""), request.getUri(), proof)) {
			int status = context.httpResponse().statusCode();
			String message = (proof == null && EARLY_REFUSALS.contains(status))
					? "the server refused the request with status " + status + " before it proved that it has "
							+ PROPERTY
					: "the server (status " + status + ") did not prove that it has " + PROPERTY;
			// an I/O failure makes the registry unavailable, so that the application
			// searches for it again
			throw SdkClientException.create(message, new ProtocolException(message));
		}
	}

	@Override
	public String toString() {
		return PROPERTY;
	}

}
