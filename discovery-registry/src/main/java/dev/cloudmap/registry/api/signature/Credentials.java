package dev.cloudmap.registry.api.signature;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The access keys of clients. No text or error message of this class contains an id or a
 * secret.
 */
public final class Credentials {

	/** No access keys: requests need no signature. */
	public static final Credentials NONE = new Credentials(Map.of());

	/** No slash and no comma, which would end the id in the Authorization header. */
	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.@+-]{1,128}");

	private static final Pattern SECRET = Pattern.compile("[!-~]{1,1024}");

	/** Distinguishes proofs from other MACs with the same secret. */
	private static final String PROOF = "discovery-registry-proof";

	private final Map<String, String> secrets;

	private Credentials(Map<String, String> secrets) {
		this.secrets = secrets;
	}

	/**
	 * Returns credentials with one access key.
	 * @param accessKeyId the id of the key
	 * @param secretAccessKey the secret of the key
	 * @return the credentials
	 * @throws IllegalArgumentException if one of them is malformed
	 */
	public static Credentials of(String accessKeyId, String secretAccessKey) {
		return NONE.and(accessKeyId, secretAccessKey);
	}

	/**
	 * Returns these credentials with one more access key.
	 * @param accessKeyId the id of the key
	 * @param secretAccessKey the secret of the key
	 * @return all the credentials
	 * @throws IllegalArgumentException if one of them is malformed or the id is a
	 * duplicate
	 */
	public Credentials and(String accessKeyId, String secretAccessKey) {
		if (!ID.matcher(accessKeyId).matches()) {
			throw new IllegalArgumentException("An access key id consists of 1 to 128 letters, digits and _.@+-.");
		}
		if (!SECRET.matcher(secretAccessKey).matches()) {
			throw new IllegalArgumentException(
					"A secret access key consists of 1 to 1024 ASCII characters without blanks.");
		}
		Map<String, String> more = new LinkedHashMap<>(this.secrets);
		if (more.putIfAbsent(accessKeyId, secretAccessKey) != null) {
			throw new IllegalArgumentException("The access key id is a duplicate.");
		}
		return new Credentials(more);
	}

	/**
	 * Returns whether requests must be signed.
	 * @return whether there is an access key
	 */
	public boolean areRequired() {
		return !this.secrets.isEmpty();
	}

	@Nullable String secretOf(String accessKeyId) {
		return this.secrets.get(accessKeyId);
	}

	/**
	 * Returns the proof that the registry has the secret of a signed request.
	 * @param authorization the Authorization header of the request, as returned by
	 * {@link SignatureVerifier#verify}
	 * @param address the address and port of the registry in the connection
	 * @return HMAC-SHA256 of the address and the signature in hexadecimal digits
	 */
	public String proof(Authorization authorization, String address) {
		String secret = Objects.requireNonNull(secretOf(authorization.accessKeyId()));
		return HexFormat.of()
			.formatHex(SignatureScope.hmac(secret.getBytes(StandardCharsets.UTF_8),
					String.join("\n", PROOF, address, authorization.signature())));
	}

	@Override
	public String toString() {
		return "Credentials[" + this.secrets.size() + "]";
	}

}
