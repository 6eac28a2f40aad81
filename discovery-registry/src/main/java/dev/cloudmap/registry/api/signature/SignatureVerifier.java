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

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Verifies AWS Signature Version 4 in the Authorization header of requests. Types and
 * messages of errors are those of AWS services with the JSON 1.1 protocol, which respond
 * with status 400; unlike AWS, messages do not repeat the header.
 * <p>
 * The header X-Amz-Date is required. The headers X-Amz-Date, Host and all others that
 * begin with X-Amz- must be signed. Content-Type need not be signed: not all AWS SDKs
 * sign it. Any region is accepted. Signatures in the query are not accepted.
 */
public final class SignatureVerifier {

	/** The maximum difference between the clocks of client and registry. */
	static final Duration TOLERANCE = Duration.ofMinutes(15);

	/** The name of Cloud Map in a credential scope. */
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

	private final Scheduler scheduler;

	/** A random secret for unknown keys. */
	private final String unknownSecret;

	/**
	 * Creates a verifier.
	 * @param credentials the access keys; without any, all requests are accepted
	 * @param scheduler returns the current time
	 */
	public SignatureVerifier(Credentials credentials, Scheduler scheduler) {
		this.credentials = credentials;
		this.scheduler = scheduler;
		byte[] random = new byte[30];
		new SecureRandom().nextBytes(random);
		this.unknownSecret = HexFormat.of().formatHex(random);
	}

	/**
	 * Returns the access keys.
	 * @return the access keys
	 */
	public Credentials credentials() {
		return this.credentials;
	}

	/**
	 * Verifies a request.
	 * @param request the request
	 * @param service the name of the service in the credential scope
	 * @return the verified Authorization header, or null if no signature is required
	 * @throws RejectedRequestException if the signature is missing or invalid
	 */
	public @Nullable Authorization verify(FullHttpRequest request, String service) {
		if (!this.credentials.areRequired()) {
			return null;
		}
		Authorization authorization = Authorization.parse(request.headers().get(HttpHeaderNames.AUTHORIZATION));
		String time = time(request);
		Instant signed = instant(time);
		checkSignedHeaders(request, authorization.signedHeaders());
		checkScope(authorization.scope(), time, service);
		checkClock(signed, time);
		checkSignature(request, authorization, time);
		return authorization;
	}

	private static String time(FullHttpRequest request) {
		String time = request.headers().get(DATE_HEADER);
		if (time == null) {
			throw SignatureErrors.incomplete("Authorization header requires existence of a 'X-Amz-Date' header.");
		}
		return time.strip();
	}

	private static void checkSignedHeaders(FullHttpRequest request, SortedSet<String> signed) {
		if (!signed.contains("host")) {
			throw SignatureErrors.invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
		}
		for (String name : signed) {
			if (!request.headers().contains(name)) {
				throw SignatureErrors.incomplete(
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
			throw SignatureErrors
				.invalid("There were headers present in the request which were not signed: %s".formatted(unsigned));
		}
	}

	private static void checkScope(SignatureScope scope, String time, String service) {
		String day = time.substring(0, DATE_LENGTH);
		if (!scope.date().equals(day)) {
			throw SignatureErrors.invalid(("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
					+ "version of date from HTTP: '%s' != '%s', from '%s'.")
				.formatted(scope.date(), day, time));
		}
		if (scope.region().isEmpty()) {
			throw SignatureErrors.invalid("Credential should be scoped to a valid region.");
		}
		if (!scope.service().equals(service)) {
			throw SignatureErrors.invalid("Credential should be scoped to correct service: '%s'.".formatted(service));
		}
		if (!scope.terminator().equals(TERMINATOR)) {
			throw SignatureErrors.invalid("Credential should be scoped with a valid terminator: '%s', not '%s'."
				.formatted(TERMINATOR, scope.terminator()));
		}
	}

	private void checkClock(Instant signed, String time) {
		Instant now = this.scheduler.now();
		Instant earliest = now.minus(TOLERANCE);
		Instant latest = now.plus(TOLERANCE);
		if (signed.isBefore(earliest)) {
			throw SignatureErrors.invalid("Signature expired: %s is now earlier than %s (%s - %d min.)".formatted(time,
					basic(earliest), basic(now), TOLERANCE.toMinutes()));
		}
		if (signed.isAfter(latest)) {
			throw SignatureErrors.invalid("Signature not yet current: %s is still later than %s (%s + %d min.)"
				.formatted(time, basic(latest), basic(now), TOLERANCE.toMinutes()));
		}
	}

	private static Instant instant(String time) {
		try {
			return LocalDateTime.parse(time, BASIC_FORMAT).toInstant(ZoneOffset.UTC);
		}
		catch (DateTimeException ex) {
			throw SignatureErrors.incomplete("Date must be in ISO-8601 'basic format'. Got '%s'.".formatted(time));
		}
	}

	private static String basic(Instant time) {
		return BASIC_FORMAT.format(time.atOffset(ZoneOffset.UTC));
	}

	/**
	 * Takes the same time for known and unknown keys.
	 */
	private void checkSignature(FullHttpRequest request, Authorization authorization, String time) {
		MessageDigest digest = SignatureScope.sha256();
		digest.update(request.content().nioBuffer());
		String payloadHash = HexFormat.of().formatHex(digest.digest());
		String canonicalRequest = CanonicalRequest.of(request, authorization.signedHeaders(), payloadHash);
		String stringToSign = authorization.scope().stringToSign(time, canonicalRequest);
		String secret = this.credentials.secretOf(authorization.accessKeyId());
		String expected = authorization.scope().sign((secret != null) ? secret : this.unknownSecret, stringToSign);
		boolean genuine = same(expected, authorization.signature());
		if (secret == null) {
			throw SignatureErrors.unknownKey();
		}
		if (!genuine) {
			throw SignatureErrors.invalid(mismatch(canonicalRequest, stringToSign));
		}
		String declared = request.headers().get(PAYLOAD_HASH_HEADER);
		if (declared != null && !same(payloadHash, declared.strip())) {
			throw SignatureErrors
				.invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
		}
	}

	private static boolean same(String expected, @Nullable String actual) {
		return actual != null && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8),
				actual.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns AWS's message, which contains the canonical request for comparison.
	 */
	private static String mismatch(String canonicalRequest, String stringToSign) {
		return ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
				+ "Access Key and signing method. Consult the service documentation for details.\n\n"
				+ "The Canonical String for this request should have been\n'%s'\n\n"
				+ "The String-to-Sign should have been\n'%s'\n")
			.formatted(canonicalRequest, stringToSign);
	}

}
