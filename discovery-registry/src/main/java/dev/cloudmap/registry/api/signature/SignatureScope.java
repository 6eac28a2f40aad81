package dev.cloudmap.registry.api.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The credential scope of a signature.
 *
 * @param date the day, such as {@code 20260101}
 * @param region the region
 * @param service the name of the service
 * @param terminator {@code aws4_request}
 */
public record SignatureScope(String date, String region, String service, String terminator) {

	static final String ALGORITHM = "AWS4-HMAC-SHA256";

	private static final String MAC = "HmacSHA256";

	/**
	 * Returns the string to sign.
	 * @param time the time of the request, such as {@code 20260101T123600Z}
	 * @param canonicalRequest the canonical form of the request
	 */
	String stringToSign(String time, String canonicalRequest) {
		String scope = String.join("/", this.date, this.region, this.service, this.terminator);
		// Netty decodes headers as Latin-1: this restores the bytes of the client.
		byte[] sent = canonicalRequest.getBytes(StandardCharsets.ISO_8859_1);
		return String.join("\n", ALGORITHM, time, scope, HexFormat.of().formatHex(sha256().digest(sent)));
	}

	/**
	 * Returns a signature in hexadecimal digits.
	 * @param secret the secret access key
	 * @param stringToSign the string to sign
	 */
	String sign(String secret, String stringToSign) {
		byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
		for (String part : new String[] { this.date, this.region, this.service, this.terminator }) {
			key = hmac(key, part);
		}
		return HexFormat.of().formatHex(hmac(key, stringToSign));
	}

	static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	static byte[] hmac(byte[] key, String data) {
		try {
			Mac mac = Mac.getInstance(MAC);
			mac.init(new SecretKeySpec(key, MAC));
			return mac.doFinal(data.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + MAC, ex);
		}
	}

}
