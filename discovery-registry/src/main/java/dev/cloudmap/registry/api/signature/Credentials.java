package dev.cloudmap.registry.api.signature;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The access keys of those who may call. Nothing that it says shows a secret, not even a
 * refused one: what is taken for an id may be a secret in the wrong place.
 */
public final class Credentials {

	/** Nobody is asked who they are. */
	public static final Credentials NONE = new Credentials(Map.of());

	/** A slash or a comma would end the id in the header that carries it. */
	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.@+-]{1,128}");

	private static final Pattern SECRET = Pattern.compile("[!-~]{1,1024}");

	/** Keeps proofs apart from all else that is made of a secret. */
	private static final String PROOF = "discovery-registry-proof";

	private final Map<String, String> secrets;

	private Credentials(Map<String, String> secrets) {
		this.secrets = secrets;
	}

	/**
	 * Returns credentials with one access key.
	 * @param accessKeyId the key's id
	 * @param secretAccessKey its secret
	 * @return the credentials
	 * @throws IllegalArgumentException when one of them cannot be such a thing
	 */
	public static Credentials of(String accessKeyId, String secretAccessKey) {
		return NONE.and(accessKeyId, secretAccessKey);
	}

	/**
	 * Returns these credentials with one more access key.
	 * @param accessKeyId the key's id
	 * @param secretAccessKey its secret
	 * @return all the credentials
	 * @throws IllegalArgumentException when one of them cannot be such a thing, or when
	 * the id is there already
	 */
	public Credentials and(String accessKeyId, String secretAccessKey) {
		if (!ID.matcher(accessKeyId).matches()) {
			throw new IllegalArgumentException("An access key id has 1 to 128 letters, digits or _.@+- in it.");
		}
		if (!SECRET.matcher(secretAccessKey).matches()) {
			throw new IllegalArgumentException(
					"A secret access key has 1 to 1024 characters of ASCII, none of them blank.");
		}
		Map<String, String> more = new LinkedHashMap<>(this.secrets);
		if (more.putIfAbsent(accessKeyId, secretAccessKey) != null) {
			throw new IllegalArgumentException("The same access key id is there twice.");
		}
		return new Credentials(more);
	}

	/**
	 * Returns whether callers are asked who they are.
	 * @return whether there is an access key
	 */
	public boolean areRequired() {
		return !this.secrets.isEmpty();
	}

	@Nullable String secretOf(String accessKeyId) {
		return this.secrets.get(accessKeyId);
	}

	/**
	 * Proves knowledge of a secret to the client that signed a request with it.
	 * @param authorization the Authorization header of a request that was
	 * {@linkplain SignatureVerifier verified}
	 * @param address the address and port at which the registry was reached
	 * @return HMAC-SHA256 of the address and the signature in hexadecimal digits
	 * @throws IllegalArgumentException when the header is not that of a verified request
	 */
	public String proof(@Nullable String authorization, String address) {
		try {
			Authorization parsed = Authorization.parse(authorization);
			String secret = secretOf(parsed.accessKeyId());
			if (secret != null) {
				return HexFormat.of()
					.formatHex(SignatureScope.hmac(secret.getBytes(StandardCharsets.UTF_8),
							String.join("\n", PROOF, address, parsed.signature())));
			}
		}
		catch (RefusedSignatureException ex) {
			throw new IllegalArgumentException(ex.type(), ex);
		}
		throw new IllegalArgumentException("The access key is unknown.");
	}

	@Override
	public String toString() {
		return "Credentials[" + this.secrets.size() + "]";
	}

}
