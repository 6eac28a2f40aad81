package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthScheme;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs requests by Signature Version 4 (IAM User Guide, "Create a signed AWS API
 * request") without log lines. The SDK's signer logs the canonical request at DEBUG
 * level, which contains the session token. As an authentication scheme, it replaces the
 * SDK's scheme of the same id. Thread-safe.
 */
final class UnloggedSigner implements HttpSigner<AwsCredentialsIdentity>, AuthScheme<AwsCredentialsIdentity> {

	private static final String ALGORITHM = "AWS4-HMAC-SHA256";

	private static final String TERMINATOR = "aws4_request";

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	/** The length of the date at the start of the timestamp. */
	private static final int DATE = 8;

	@Override
	public String schemeId() {
		return AwsV4AuthScheme.SCHEME_ID;
	}

	@Override
	public @Nullable IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
		return providers.identityProvider(AwsCredentialsIdentity.class);
	}

	@Override
	public HttpSigner<AwsCredentialsIdentity> signer() {
		return this;
	}

	@Override
	public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> sign) {
		byte[] body = sign.payload().map(UnloggedSigner::read).orElse(new byte[0]);
		SdkHttpRequest signed = sign(sign.request(), body, sign.identity(),
				sign.requireProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME),
				sign.requireProperty(AwsV4HttpSigner.REGION_NAME),
				sign.requireProperty(HttpSigner.SIGNING_CLOCK, Clock.systemUTC()));
		return SignedRequest.builder().request(signed).payload(sign.payload().orElse(null)).build();
	}

	@Override
	public CompletableFuture<AsyncSignedRequest> signAsync(AsyncSignRequest<? extends AwsCredentialsIdentity> sign) {
		throw new UnsupportedOperationException("Only requests of blocking clients are signed");
	}

	/**
	 * Signs a request. A request with anonymous credentials stays unchanged.
	 * @param request the request
	 * @param body the body of the request
	 * @param identity the credentials; surrounding white space is ignored, as by the
	 * SDK's signer
	 * @param service the name of the service in signatures
	 * @param region the name of the region in signatures
	 * @param clock supplies the time of the signature
	 */
	SdkHttpRequest sign(SdkHttpRequest request, byte[] body, AwsCredentialsIdentity identity, String service,
			String region, Clock clock) {
		if (identity.accessKeyId() == null || identity.secretAccessKey() == null) {
			return request;
		}
		String time = TIME.format(clock.instant());
		String date = time.substring(0, DATE);
		SdkHttpRequest.Builder builder = request.toBuilder();
		builder.putHeader("Host", host(request)).putHeader("X-Amz-Date", time);
		if (identity instanceof AwsSessionCredentialsIdentity session) {
			builder.putHeader("X-Amz-Security-Token", session.sessionToken().trim());
		}
		SortedMap<String, String> headers = signedHeaders(builder.headers());
		String names = String.join(";", headers.keySet());
		String canonical = String.join("\n", request.method().name(), path(request), query(request),
				headers.entrySet()
					.stream()
					.map((header) -> header.getKey() + ":" + header.getValue() + "\n")
					.collect(Collectors.joining()),
				names, hash(body));
		String scope = String.join("/", date, region, service, TERMINATOR);
		String toSign = String.join("\n", ALGORITHM, time, scope, hash(bytes(canonical)));
		byte[] key = bytes("AWS4" + identity.secretAccessKey().trim());
		for (String step : List.of(date, region, service, TERMINATOR, toSign)) {
			key = hmac(key, step);
		}
		return builder
			.putHeader("Authorization",
					ALGORITHM + " Credential=" + identity.accessKeyId().trim() + "/" + scope + ", SignedHeaders="
							+ names + ", Signature=" + HexFormat.of().formatHex(key))
			.build();
	}

	/**
	 * Returns the headers that a signature must cover. Intermediaries may change other
	 * headers.
	 */
	private static SortedMap<String, String> signedHeaders(Map<String, List<String>> headers) {
		SortedMap<String, String> signed = new TreeMap<>();
		headers.forEach((name, values) -> {
			String lower = name.toLowerCase(Locale.ROOT);
			if (lower.equals("host") || lower.equals("content-type") || lower.startsWith("x-amz-")) {
				signed.put(lower,
						values.stream()
							.map((value) -> value.strip().replaceAll("\\s+", " "))
							.collect(Collectors.joining(",")));
			}
		});
		return signed;
	}

	private static String host(SdkHttpRequest request) {
		return SdkHttpUtils.isUsingStandardPort(request.protocol(), request.port()) ? request.host()
				: request.host() + ":" + request.port();
	}

	/** Returns the path, encoded once more than in the request. */
	private static String path(SdkHttpRequest request) {
		String path = URI.create(request.encodedPath()).normalize().getRawPath();
		return (path == null || path.isEmpty()) ? "/" : SdkHttpUtils.urlEncodeIgnoreSlashes(path);
	}

	private static String query(SdkHttpRequest request) {
		SortedMap<String, List<String>> parameters = new TreeMap<>();
		request.forEachRawQueryParameter((name, values) -> {
			List<String> encoded = new ArrayList<>();
			values.forEach((value) -> encoded.add(SdkHttpUtils.urlEncode((value != null) ? value : "")));
			encoded.sort(null);
			parameters.put(SdkHttpUtils.urlEncode(name), encoded);
		});
		return parameters.entrySet()
			.stream()
			.flatMap((parameter) -> parameter.getValue().stream().map((value) -> parameter.getKey() + "=" + value))
			.collect(Collectors.joining("&"));
	}

	private static String hash(byte[] data) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	static byte[] hmac(byte[] key, String data) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(bytes(data));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] read(ContentStreamProvider content) {
		try (InputStream in = content.newStream()) {
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
