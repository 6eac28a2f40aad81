package dev.cloudmap.registry.api.signature;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SortedSet;
import java.util.stream.Collectors;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.Timeline;

/**
 * Verifies that requests come from who they say, whole and now: AWS's Signature Version 4
 * in the Authorization header. Error names and messages are those of AWS's services that
 * speak the JSON 1.1 protocol, and like theirs all are sent with HTTP 400; where AWS
 * repeats the header, this does not.
 * <p>
 * The header X-Amz-Date must be there and signed, and so must the host and every other
 * header that begins with X-Amz-; a Date header does not replace X-Amz-Date. Content-Type
 * is verified when it is signed, but need not be: not all of AWS's own SDKs sign it. A
 * security token is verified like any other header and otherwise not asked for. Any
 * region will do. Signatures in the query are not taken.
 */
public final class SignatureVerifier {

	/** How far the clocks of clients may be off. */
	static final Duration TOLERANCE = Duration.ofMinutes(15);

	/** The service's name in a signature's scope. */
	public static final String SERVICE = "servicediscovery";

	private static final String TERMINATOR = "aws4_request";

	private static final String DATE_HEADER = "x-amz-date";

	private static final String PAYLOAD_HASH_HEADER = "x-amz-content-sha256";

	private static final String AMAZON_HEADER_PREFIX = "x-amz-";

	private static final DateTimeFormatter BASIC_FORMAT = DateTimeFormatter
		.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
		.withResolverStyle(ResolverStyle.STRICT);

	private static final int DATE_LENGTH = 8;

	private final Credentials credentials;

	private final Timeline timeline;

	/** Stands in for the secret of an unknown key; nobody knows it. */
	private final String nobodysSecret;

	/**
	 * Creates a verifier.
	 * @param credentials those who may call; when there are none, nothing is verified
	 * @param timeline tells what time it is
	 */
	public SignatureVerifier(Credentials credentials, Timeline timeline) {
		this.credentials = credentials;
		this.timeline = timeline;
		byte[] random = new byte[30];
		new SecureRandom().nextBytes(random);
		this.nobodysSecret = HexFormat.of().formatHex(random);
	}

	/**
	 * Returns those who may call.
	 * @return the access keys
	 */
	public Credentials credentials() {
		return this.credentials;
	}

	/**
	 * Verifies a request to Cloud Map.
	 * @param request the request, whole
	 * @throws RefusedSignatureException when it is not to be answered
	 */
	public void verify(FullHttpRequest request) throws RefusedSignatureException {
		verify(request, SERVICE);
	}

	/**
	 * Verifies a request.
	 * @param request the request, whole
	 * @param service the name of the service that it is for, as signatures have it
	 * @throws RefusedSignatureException when it is not to be answered
	 */
	public void verify(FullHttpRequest request, String service) throws RefusedSignatureException {
		if (!this.credentials.areRequired()) {
			return;
		}
		Authorization authorization = Authorization.parse(request.headers().get(HttpHeaderNames.AUTHORIZATION));
		String time = time(request);
		Instant signed = instant(time);
		checkSignedHeaders(request, authorization.signedHeaders());
		checkScope(authorization.scope(), time, service);
		checkClock(signed, time);
		checkSignature(request, authorization, time);
	}

	private static String time(FullHttpRequest request) throws RefusedSignatureException {
		String time = request.headers().get(DATE_HEADER);
		if (time == null) {
			throw RefusedSignatureException
				.incomplete("Authorization header requires existence of a 'X-Amz-Date' header.");
		}
		return time.strip();
	}

	private static void checkSignedHeaders(FullHttpRequest request, SortedSet<String> signed)
			throws RefusedSignatureException {
		if (!signed.contains("host")) {
			throw RefusedSignatureException
				.invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
		}
		for (String name : signed) {
			if (!request.headers().contains(name)) {
				throw RefusedSignatureException.incomplete(
						"'%s' is named as a SignedHeader, but it does not exist in the HTTP request.".formatted(name));
			}
		}
		String unsigned = request.headers()
			.names()
			.stream()
			.map((name) -> name.toLowerCase(Locale.ROOT))
			.filter((name) -> name.startsWith(AMAZON_HEADER_PREFIX) && !signed.contains(name))
			.sorted()
			.distinct()
			.collect(Collectors.joining(", "));
		if (!unsigned.isEmpty()) {
			throw RefusedSignatureException
				.invalid("There were headers present in the request which were not signed: %s".formatted(unsigned));
		}
	}

	private static void checkScope(SignatureScope scope, String time, String service) throws RefusedSignatureException {
		String day = time.substring(0, DATE_LENGTH);
		if (!scope.date().equals(day)) {
			throw RefusedSignatureException.invalid(("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
					+ "version of date from HTTP: '%s' != '%s', from '%s'.")
				.formatted(scope.date(), day, time));
		}
		if (scope.region().isEmpty()) {
			throw RefusedSignatureException.invalid("Credential should be scoped to a valid region.");
		}
		if (!scope.service().equals(service)) {
			throw RefusedSignatureException
				.invalid("Credential should be scoped to correct service: '%s'.".formatted(service));
		}
		if (!scope.terminator().equals(TERMINATOR)) {
			throw RefusedSignatureException
				.invalid("Credential should be scoped with a valid terminator: '%s', not '%s'.".formatted(TERMINATOR,
						scope.terminator()));
		}
	}

	private void checkClock(Instant signed, String time) throws RefusedSignatureException {
		Instant now = this.timeline.now();
		Instant earliest = now.minus(TOLERANCE);
		Instant latest = now.plus(TOLERANCE);
		if (signed.isBefore(earliest)) {
			throw RefusedSignatureException.invalid("Signature expired: %s is now earlier than %s (%s - %d min.)"
				.formatted(time, basic(earliest), basic(now), TOLERANCE.toMinutes()));
		}
		if (signed.isAfter(latest)) {
			throw RefusedSignatureException
				.invalid("Signature not yet current: %s is still later than %s (%s + %d min.)".formatted(time,
						basic(latest), basic(now), TOLERANCE.toMinutes()));
		}
	}

	private static Instant instant(String time) throws RefusedSignatureException {
		try {
			return LocalDateTime.parse(time, BASIC_FORMAT).toInstant(ZoneOffset.UTC);
		}
		catch (DateTimeException ex) {
			throw RefusedSignatureException
				.incomplete("Date must be in ISO-8601 'basic format'. Got '%s'.".formatted(time));
		}
	}

	private static String basic(Instant time) {
		return BASIC_FORMAT.format(time.atOffset(ZoneOffset.UTC));
	}

	/**
	 * Goes the same way for a key that nobody has, so that how long it takes tells
	 * nothing of the keys there are.
	 */
	private void checkSignature(FullHttpRequest request, Authorization authorization, String time)
			throws RefusedSignatureException {
		MessageDigest digest = SignatureScope.sha256();
		digest.update(request.content().nioBuffer());
		String payloadHash = HexFormat.of().formatHex(digest.digest());
		String canonicalRequest = CanonicalRequest.of(request, authorization.signedHeaders(), payloadHash);
		String stringToSign = authorization.scope().stringToSign(time, canonicalRequest);
		String secret = this.credentials.secretOf(authorization.accessKeyId());
		String expected = authorization.scope().sign((secret != null) ? secret : this.nobodysSecret, stringToSign);
		boolean genuine = same(expected, authorization.signature());
		if (secret == null) {
			throw RefusedSignatureException.unknownKey();
		}
		if (!genuine) {
			throw RefusedSignatureException.invalid(mismatch(canonicalRequest, stringToSign));
		}
		String declared = request.headers().get(PAYLOAD_HASH_HEADER);
		if (declared != null && !same(payloadHash, declared.strip())) {
			throw RefusedSignatureException
				.invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
		}
	}

	private static boolean same(String expected, @Nullable String actual) {
		return actual != null && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8),
				actual.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * As AWS does, shows how the request looked from here: what differs from the client's
	 * own view of it is the mistake. None of it is secret.
	 */
	private static String mismatch(String canonicalRequest, String stringToSign) {
		return ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
				+ "Access Key and signing method. Consult the service documentation for details.\n\n"
				+ "The Canonical String for this request should have been\n'%s'\n\n"
				+ "The String-to-Sign should have been\n'%s'\n")
			.formatted(canonicalRequest, stringToSign);
	}

}
